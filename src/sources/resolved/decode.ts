import type { ResolvedReading } from '../../domain/resolved.ts';

/** What resolved has counted, from the properties of its manager; what they lack is undefined. */
export function decodeResolved(properties: ReadonlyMap<string, unknown>): ResolvedReading {
  const [currentTransactions, transactions] = counters(properties.get('TransactionStatistics'));
  const [cacheSize, cacheHits, cacheMisses] = counters(properties.get('CacheStatistics'));
  const [secure, insecure, bogus, indeterminate] = counters(properties.get('DNSSECStatistics'));
  return {
    currentTransactions,
    transactions,
    cacheSize,
    cacheHits,
    cacheMisses,
    dnssecSecure: secure,
    dnssecInsecure: insecure,
    dnssecBogus: bogus,
    dnssecIndeterminate: indeterminate,
  };
}

/** The fields of a struct of 64-bit counters. */
function counters(value: unknown): readonly (number | undefined)[] {
  if (!Array.isArray(value)) return [];
  return value.map((field: unknown) => (typeof field === 'bigint' ? Number(field) : undefined));
}
