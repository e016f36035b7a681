import type { Networks, TextSearch, TlsSettings } from './settings.ts';

/** Whereto a TCP probe connects, and the conversation that it has there. */
export interface TcpSettings {
  readonly host: string;
  readonly port: number;
  /** Undefined: no TLS. */
  readonly tls: TlsSettings | undefined;
  readonly steps: readonly TcpStep[];
  /** Of all that the other side says. */
  readonly maxBytes: number;
  readonly addresses: Networks;
}

/** Says something, or what a file holds, or waits until what came since then holds a pattern. */
export type TcpStep =
  | { readonly send: string }
  | { readonly sendFile: string }
  | { readonly expect: TextSearch };
