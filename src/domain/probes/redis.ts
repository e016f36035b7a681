import type { Networks, TlsSettings } from './settings.ts';

/** A Redis to ask, and what of its `INFO` is told. */
export interface RedisSettings {
  readonly target: RedisTarget;
  /** Undefined: no TLS. */
  readonly tls: TlsSettings | undefined;
  readonly username: string | undefined;
  readonly passwordFile: string | undefined;
  /** Undefined: the one that a connection begins with, which is 0. */
  readonly database: number | undefined;
  /** Whether some numbers of `INFO` are told as values. */
  readonly info: boolean;
  /** What it must be; undefined: it does not matter. Asks for `INFO`. */
  readonly role: 'master' | 'replica' | undefined;
  readonly addresses: Networks;
}

/** Where it listens: at a port or at a socket of this machine. */
export type RedisTarget = { readonly host: string; readonly port: number } | { readonly socket: string };
