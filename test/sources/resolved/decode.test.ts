import { describe, expect, it } from 'vitest';
import type { ResolvedReading } from '../../../src/domain/resolved.ts';
import { decodeResolved } from '../../../src/sources/resolved/decode.ts';

const NOTHING: ResolvedReading = {
  currentTransactions: undefined,
  transactions: undefined,
  cacheSize: undefined,
  cacheHits: undefined,
  cacheMisses: undefined,
  dnssecSecure: undefined,
  dnssecInsecure: undefined,
  dnssecBogus: undefined,
  dnssecIndeterminate: undefined,
};

describe('decodeResolved', () => {
  it('takes the counters in the order of org.freedesktop.resolve1(5)', () => {
    const properties = new Map<string, unknown>([
      ['LLMNRHostname', 'box'],
      ['TransactionStatistics', [1n, 700n]],
      ['CacheStatistics', [40n, 500n, 60n]],
      ['DNSSECStatistics', [11n, 12n, 13n, 14n]],
    ]);
    expect(decodeResolved(properties)).toEqual({
      currentTransactions: 1,
      transactions: 700,
      cacheSize: 40,
      cacheHits: 500,
      cacheMisses: 60,
      dnssecSecure: 11,
      dnssecInsecure: 12,
      dnssecBogus: 13,
      dnssecIndeterminate: 14,
    } satisfies ResolvedReading);
  });

  const cases: readonly [string, unknown, Partial<ResolvedReading>][] = [
    ['a property that is not there', undefined, {}],
    ['a property that is no struct', 5n, {}],
    ['fields that are no counters', ['1', null, 3], {}],
    ['a struct that is too short', [40n], { cacheSize: 40 }],
    ['a struct that has grown', [40n, 500n, 60n, 9n], { cacheSize: 40, cacheHits: 500, cacheMisses: 60 }],
  ];

  it.each(cases)('knows what there is to know of %s', (_, statistics, known) => {
    expect(decodeResolved(new Map([['CacheStatistics', statistics]]))).toEqual({ ...NOTHING, ...known });
  });
});
