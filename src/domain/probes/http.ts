import type { JsonTotal } from '../json-totals.ts';
import type { Networks, TextSearch, TlsSettings } from './settings.ts';

/** What an HTTP probe asks, and what it expects. */
export interface HttpSettings {
  /** Absolute, of http or https, without a user, a password or a fragment. */
  readonly url: string;
  readonly method: 'GET' | 'HEAD' | 'POST';
  /** Without secrets. */
  readonly headers: Readonly<Record<string, string>>;
  /** Names of headers, and the files that hold their values. */
  readonly headerFiles: Readonly<Record<string, string>>;
  readonly bearerTokenFile: string | undefined;
  readonly body: string | undefined;
  /** Any of them will do. */
  readonly expectStatus: readonly StatusRange[];
  readonly bodyMatches: TextSearch | undefined;
  readonly bodyNotMatches: TextSearch | undefined;
  /** All of them must hold. */
  readonly json: readonly JsonCheck[];
  /** Names of values, and the JSON pointers to the numbers. */
  readonly values: Readonly<Record<string, string>>;
  /** Names of values, and the lists that they are counted or added up from. */
  readonly totals?: Readonly<Record<string, JsonTotal>> | undefined;
  /** Of the body. */
  readonly maxBytes: number;
  /** Whereto it may be led; a list is of hosts, beside the own one. */
  readonly redirects: 'none' | 'same-host' | readonly string[];
  readonly tls: TlsSettings;
  readonly addresses: Networks;
}

/** Statuses from one to another, both included. */
export interface StatusRange {
  readonly from: number;
  readonly to: number;
}

/** What a place in a JSON document must hold. */
export interface JsonCheck {
  /** As RFC 6901 has it; empty for the whole document. */
  readonly pointer: string;
  readonly equals?: string | number | boolean | null | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  /** False: there must be nothing. */
  readonly exists?: boolean | undefined;
}
