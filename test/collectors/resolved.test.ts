import { describe, expect, it } from 'vitest';
import { createResolvedCollector } from '../../src/collectors/resolved.ts';
import type { ResolvedReading } from '../../src/domain/resolved.ts';

const READING: ResolvedReading = {
  currentTransactions: 0,
  transactions: 7,
  cacheSize: 2,
  cacheHits: 5,
  cacheMisses: 9,
  dnssecSecure: 11,
  dnssecInsecure: 12,
  dnssecBogus: 13,
  dnssecIndeterminate: 14,
};

async function collected(reading: ResolvedReading | undefined): Promise<readonly string[]> {
  const { collect } = createResolvedCollector(async () => reading);
  const blocks = await collect(new AbortController().signal);
  return blocks
    .flatMap((block) => block.samples())
    .map(({ metric, value }) => `${metric.type} ${metric.name} ${value}`);
}

describe('createResolvedCollector', () => {
  it('gives every value under the name and type that systemd_exporter gives it', async () => {
    expect(await collected(READING)).toEqual([
      'gauge systemd_resolved_current_transactions 0',
      'counter systemd_resolved_transactions_total 7',
      'gauge systemd_resolved_current_cache_size 2',
      'counter systemd_resolved_cache_hits_total 5',
      'counter systemd_resolved_cache_misses_total 9',
      'counter systemd_resolved_dnssec_secure_total 11',
      'counter systemd_resolved_dnssec_insecure_total 12',
      'counter systemd_resolved_dnssec_bogus_total 13',
      'counter systemd_resolved_dnssec_indeterminate_total 14',
    ]);
  });

  it('leaves out what resolved does not tell', async () => {
    const untold = { ...READING, dnssecSecure: undefined, dnssecInsecure: undefined };
    const samples = await collected({ ...untold, dnssecBogus: undefined, dnssecIndeterminate: undefined });
    expect(samples).toHaveLength(5);
    expect(samples.join()).not.toContain('dnssec');
  });

  it('gives nothing, and does not fail, while resolved is not running', async () => {
    expect(await collected(undefined)).toEqual([]);
  });

  it('hands its signal to the reader, and its failure to the caller', async () => {
    const caller = new AbortController();
    const { collect } = createResolvedCollector(async (signal) => {
      throw signal === caller.signal ? new Error('no answer') : new Error('another signal');
    });
    await expect(collect(caller.signal)).rejects.toThrow('no answer');
  });
});
