/** Where and how a probe connects. Files are paths: what they hold is read at each question. */
export interface TlsSettings {
  /** Certificates of the authorities to trust instead of the usual ones (PEM). */
  readonly caFile?: string | undefined;
  /** A certificate of fettle's own (PEM); goes with `keyFile`. */
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** The name that the certificate must have, if not that of the host. */
  readonly serverName?: string | undefined;
  /** Whether any certificate will do. */
  readonly insecure: boolean;
}

/** Patterns look at so much of an answer: some take 100 ms for that, during which nobody else has a turn. */
export const SEARCHED_BYTES = 256 * 1024;

/** A regular expression (RE2) that is looked for anywhere in a text. */
export interface TextSearch {
  /** As it was written. */
  readonly text: string;
  /** Whether it is found. */
  readonly finds: (text: string) => boolean;
}

/** Networks, such as `10.0.0.0/8` and `::1/128`, into which a host's name may lead; undefined: anywhere. */
export type Networks = readonly Network[] | undefined;

/** Addresses that begin with the same bits. */
export interface Network {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}
