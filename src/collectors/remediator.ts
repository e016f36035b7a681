import { defineMetric, type Sample, sample } from '../domain/metric.ts';
import type { RemediatorReading } from '../domain/reading.ts';
import { blockOf, type Collector } from './collector.ts';

const ALERTS = defineMetric({
  name: 'fettle_alerts_total',
  help: 'Alerts in notifications, by what became of them: accepted, duplicate, unmatched, resolved.',
  type: 'counter',
  labels: ['outcome'],
  source: 'POST /api/v1/webhook, since the start of fettle',
});

const DECISIONS = defineMetric({
  name: 'fettle_decisions_total',
  help: 'Decisions of the policies: run, rehearse (dry run) or refuse, a refusal once for each rail that objected.',
  type: 'counter',
  labels: ['policy', 'decision', 'reason'],
  source: 'the ledger',
});

const REPAIRS = defineMetric({
  name: 'fettle_repairs_total',
  help: 'Repairs by how they ended; interrupted: fettle itself stopped in the middle.',
  type: 'counter',
  labels: ['policy', 'action', 'result'],
  source: 'the ledger',
});

const LAST_REPAIR = defineMetric({
  name: 'fettle_last_repair_timestamp_seconds',
  help: 'Unix time at which a repair last ended, however it ended.',
  type: 'gauge',
  labels: [],
  source: 'the ledger',
});

const QUEUE = defineMetric({
  name: 'fettle_repair_queue_length',
  help: 'Accepted alerts that wait for their decision, the one at work included.',
  type: 'gauge',
  labels: [],
  source: 'the remediator',
});

const LEDGER_ERRORS = defineMetric({
  name: 'fettle_ledger_errors_total',
  help: 'Lines that could not be written to the ledger; fettle does not act while this happens.',
  type: 'counter',
  labels: [],
  source: 'the remediator, since the start of fettle',
});

/** What the remediator has seen and done; nothing while there is none. */
export function createRemediatorCollector(read: () => RemediatorReading | undefined): Collector {
  return {
    name: 'remediator',
    metrics: [ALERTS, DECISIONS, REPAIRS, LAST_REPAIR, QUEUE, LEDGER_ERRORS],
    collect() {
      const reading = read();
      return reading === undefined ? [] : [blockOf(remediatorSamples(reading))];
    },
  };
}

/** All samples of a reading. */
export function remediatorSamples(reading: RemediatorReading): readonly Sample[] {
  const { lastRepairSeconds } = reading;
  return [
    ...reading.alerts.map(({ outcome, count }) => sample(ALERTS, { outcome }, count)),
    ...reading.decisions.map(({ count, ...labels }) => sample(DECISIONS, labels, count)),
    ...reading.repairs.map(({ count, ...labels }) => sample(REPAIRS, labels, count)),
    ...(lastRepairSeconds === undefined ? [] : [sample(LAST_REPAIR, {}, lastRepairSeconds)]),
    sample(QUEUE, {}, reading.queueLength),
    sample(LEDGER_ERRORS, {}, reading.ledgerErrors),
  ];
}
