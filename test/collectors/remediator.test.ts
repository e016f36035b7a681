import { describe, expect, it } from 'vitest';
import { createRemediatorCollector, remediatorSamples } from '../../src/collectors/remediator.ts';
import type { RemediatorReading } from '../../src/domain/reading.ts';

const READING: RemediatorReading = {
  decisions: [
    { policy: 'p', decision: 'run', reason: '', count: 2 },
    { policy: 'p', decision: 'refuse', reason: 'cooldown', count: 0 },
  ],
  repairs: [{ policy: 'p', action: 'restart', result: 'failed', count: 1 }],
  alerts: [{ outcome: 'accepted', count: 3 }],
  queueLength: 4,
  ledgerErrors: 5,
  lastRepairSeconds: 1_767_225_600.5,
};

const short = (reading: RemediatorReading) =>
  remediatorSamples(reading).map(({ metric, labels, value }) => [metric.name, labels, value]);

describe('remediatorSamples', () => {
  it('tells everything that was counted, at zero too', () => {
    expect(short(READING)).toEqual([
      ['fettle_alerts_total', { outcome: 'accepted' }, 3],
      ['fettle_decisions_total', { policy: 'p', decision: 'run', reason: '' }, 2],
      ['fettle_decisions_total', { policy: 'p', decision: 'refuse', reason: 'cooldown' }, 0],
      ['fettle_repairs_total', { policy: 'p', action: 'restart', result: 'failed' }, 1],
      ['fettle_last_repair_timestamp_seconds', {}, 1_767_225_600.5],
      ['fettle_repair_queue_length', {}, 4],
      ['fettle_ledger_errors_total', {}, 5],
    ]);
  });

  it('has no time of the last repair before the first', () => {
    const names = short({ ...READING, lastRepairSeconds: undefined }).map(([name]) => name);
    expect(names).not.toContain('fettle_last_repair_timestamp_seconds');
    expect(names).toHaveLength(6);
  });
});

describe('createRemediatorCollector', () => {
  it('declares every metric that it gives', async () => {
    const { collect, metrics } = createRemediatorCollector(() => READING);
    const blocks = await collect(new AbortController().signal);
    const given = blocks.flatMap((block) => block.samples()).map(({ metric }) => metric);
    expect(new Set(given)).toEqual(new Set(metrics));
  });
});
