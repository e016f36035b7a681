/** What systemd-resolved has counted since it started, or since `resolvectl reset-statistics`. */
export interface ResolvedReading {
  /** Look-ups on the network that are under way. */
  readonly currentTransactions: number | undefined;
  readonly transactions: number | undefined;
  /** Entries in the cache, those that say "no such name" too. */
  readonly cacheSize: number | undefined;
  readonly cacheHits: number | undefined;
  readonly cacheMisses: number | undefined;
  /** DNSSEC validations by their verdict. */
  readonly dnssecSecure: number | undefined;
  readonly dnssecInsecure: number | undefined;
  readonly dnssecBogus: number | undefined;
  readonly dnssecIndeterminate: number | undefined;
}
