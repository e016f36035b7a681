import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../config/config.ts';
import { Failure } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import type { WebSecurity } from '../http/web-config/web-security.ts';

/** What a running fettle is built from. */
export interface AppOptions {
  readonly config: Config;
  /** TLS and users of the listeners, as `--web.config.file` has them. */
  readonly web: WebSecurity | undefined;
  readonly only: 'exporter' | 'remediator' | undefined;
  readonly version: string;
  readonly busAddress: string;
  /** Where the ledger is if the configuration does not say. */
  readonly defaultLedger: string;
  /** Where this user's programs keep what must last. */
  readonly stateFolder: string;
  readonly log: Log;
}

/** One half of a running fettle. */
export interface Half {
  /** Gives what puts the new configuration in force; it is called once every half has agreed. */
  prepare(config: Config): Promise<() => void>;
  stop(): Promise<void>;
}

/** Throws Failure `refused` if a setting that only a restart can change has changed. */
export function unchanged(setting: string, now: unknown, next: unknown): void {
  if (isDeepStrictEqual(comparable(now), comparable(next))) return;
  throw new Failure('refused', `${setting} cannot change while fettle runs; restart it`);
}

/** Patterns by what they were made of; any other function is only the same as itself, so that no change is overlooked. */
function comparable(value: unknown): unknown {
  if (typeof value === 'function') return 'written' in value ? { written: value.written } : value;
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, comparable(one)]));
}
