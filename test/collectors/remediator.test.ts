import { describe, expect, it } from 'vitest';
import { createRemediatorCollector, remediatorSamples } from '../../src/collectors/remediator.ts';
import type { RemediatorReading } from '../../src/domain/reading.ts';
import { remediatorReading } from '../fakes/remediator-reading.ts';

const READING = remediatorReading({
  decisions: [
    { policy: 'p', decision: 'run', reason: '', count: 2 },
    { policy: 'p', decision: 'refuse', reason: 'cooldown', count: 0 },
  ],
  repairs: [{ policy: 'p', action: 'restart', result: 'failed', count: 1 }],
  seconds: [{ policy: 'p', action: 'restart', seconds: 61.5 }],
  endings: [{ policy: 'p', ending: 'exhausted', count: 1 }],
  alerts: [{ outcome: 'accepted', count: 3 }],
  openCircuits: [{ policy: 'p', unit: 'a.service', isOpen: true }],
  underRepair: [{ policy: 'p', unit: 'a.service', isUnderWay: true }],
  budget: [{ windowSeconds: 3600, limit: 6, used: 2 }],
  stepsUnderWay: 1,
  queueLength: 4,
  oldestCaseSeconds: 12.5,
  toUndo: 2,
  isPaused: true,
  ledgerErrors: 5,
  lastRepairSeconds: 1_767_225_600.5,
});

const short = (reading: RemediatorReading) =>
  remediatorSamples(reading).map(({ metric, labels, value }) => [metric.name, labels, value]);

describe('remediatorSamples', () => {
  it('tells everything that was counted, at zero too', () => {
    expect(short(READING)).toEqual([
      ['fettle_alerts_total', { outcome: 'accepted' }, 3],
      ['fettle_decisions_total', { policy: 'p', decision: 'run', reason: '' }, 2],
      ['fettle_decisions_total', { policy: 'p', decision: 'refuse', reason: 'cooldown' }, 0],
      ['fettle_repair_steps_total', { policy: 'p', action: 'restart', result: 'failed' }, 1],
      ['fettle_repair_step_seconds_total', { policy: 'p', action: 'restart' }, 61.5],
      ['fettle_repairs_ended_total', { policy: 'p', ending: 'exhausted' }, 1],
      ['fettle_circuit_open', { policy: 'p', unit: 'a.service' }, 1],
      ['fettle_repair_under_way', { policy: 'p', unit: 'a.service' }, 1],
      ['fettle_budget_used', { window_seconds: '3600' }, 2],
      ['fettle_budget_limit', { window_seconds: '3600' }, 6],
      ['fettle_steps_under_way', {}, 1],
      ['fettle_paused', {}, 1],
      ['fettle_changes_to_undo', {}, 2],
      ['fettle_last_repair_timestamp_seconds', {}, 1_767_225_600.5],
      ['fettle_repair_queue_length', {}, 4],
      ['fettle_repair_queue_oldest_seconds', {}, 12.5],
      ['fettle_ledger_errors_total', {}, 5],
    ]);
  });

  it('has no time of the last repair before the first', () => {
    const names = short({ ...READING, lastRepairSeconds: undefined }).map(([name]) => name);
    expect(names).not.toContain('fettle_last_repair_timestamp_seconds');
    expect(names).toHaveLength(short(READING).length - 1);
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
