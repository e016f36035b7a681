/** What a throttled unit may have; what is undefined stays as it is. */
export interface Limits {
  /** Parts of one processor: 0.5 is `CPUQuota=50%`. */
  readonly cpuQuota: number | undefined;
  /** Bytes. */
  readonly memoryHigh: number | undefined;
  /** From 1 to 10 000. */
  readonly cpuWeight: number | undefined;
  /** From 1 to 10 000. */
  readonly ioWeight: number | undefined;
}

/** systemd's properties behind these limits. */
export const LIMIT_PROPERTIES = ['CPUQuotaPerSecUSec', 'MemoryHigh', 'CPUWeight', 'IOWeight'] as const;

/** One of them. */
export type LimitProperty = (typeof LIMIT_PROPERTIES)[number];

/** Values of properties as decimal numbers of 64 bits, by name; "none" is 18446744073709551615. */
export type LimitValues = Readonly<Partial<Record<LimitProperty, string>>>;
