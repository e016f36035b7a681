import type { TextSearch } from './settings.ts';

/** Kinds of records that can be asked for. */
export const DNS_TYPES = ['A', 'AAAA', 'CNAME', 'MX', 'NS', 'PTR', 'SRV', 'TXT'] as const;
export type DnsType = (typeof DNS_TYPES)[number];

/** A question for a name server, and what its answer must hold. */
export interface DnsSettings {
  /** For PTR it may be an address. */
  readonly name: string;
  readonly type: DnsType;
  /** `192.0.2.1:53` or `[2001:db8::1]:53`; undefined: those of the system. */
  readonly server: string | undefined;
  /** Records that must all be there, as `fettle probe` writes them. */
  readonly includes: readonly string[];
  /** Found in every record. */
  readonly match: TextSearch | undefined;
  readonly minAnswers: number;
}
