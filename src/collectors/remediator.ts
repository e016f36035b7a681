import { defineMetric, type Sample, sample } from '../domain/metric.ts';
import type { RemediatorReading } from '../domain/reading.ts';
import { blockOf, type Collector } from './collector.ts';

const UP = defineMetric({
  name: 'fettle_remediator_up',
  help: 'Whether notifications are taken; 0 while the ledger is being read, cannot be believed, or belongs to another fettle.',
  type: 'gauge',
  labels: [],
  source: 'the remediator',
});

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
  name: 'fettle_repair_steps_total',
  help: 'Steps of repairs by how they ended; interrupted: fettle itself stopped in the middle.',
  type: 'counter',
  labels: ['policy', 'action', 'result'],
  source: 'the ledger',
});

const SECONDS = defineMetric({
  name: 'fettle_repair_step_seconds_total',
  help: 'Seconds that steps of repairs took, their proof included; divide by fettle_repair_steps_total for the mean.',
  type: 'counter',
  labels: ['policy', 'action'],
  source: 'the ledger',
});

const ENDINGS = defineMetric({
  name: 'fettle_repairs_ended_total',
  help: 'Alerts on which something was done, by how that ended: repaired (proven), eased (the alert is over), exhausted (given up), interrupted.',
  type: 'counter',
  labels: ['policy', 'ending'],
  source: 'the ledger',
});

const CIRCUIT_OPEN = defineMetric({
  name: 'fettle_circuit_open',
  help: 'Whether a policy has given a unit up, and does nothing about it until its hold is over and one try has helped.',
  type: 'gauge',
  labels: ['policy', 'unit'],
  source: 'the ledger',
});

const UNDER_REPAIR = defineMetric({
  name: 'fettle_repair_under_way',
  help: 'Whether a policy has begun to repair a unit and has not come to an end, the waits between its steps included.',
  type: 'gauge',
  labels: ['policy', 'unit'],
  source: 'the ledger',
});

const BUDGET_USED = defineMetric({
  name: 'fettle_budget_used',
  help: 'Steps taken at any unit within the last so many seconds.',
  type: 'gauge',
  labels: ['window_seconds'],
  source: 'the ledger',
});

const BUDGET_LIMIT = defineMetric({
  name: 'fettle_budget_limit',
  help: 'Steps that may be taken at any unit within so many seconds.',
  type: 'gauge',
  labels: ['window_seconds'],
  source: 'remediator.budgets.host',
});

const UNDER_WAY = defineMetric({
  name: 'fettle_steps_under_way',
  help: 'Steps that have begun and not ended.',
  type: 'gauge',
  labels: [],
  source: 'the ledger',
});

const PAUSED = defineMetric({
  name: 'fettle_paused',
  help: 'Whether nothing is done because somebody has said so (fettle pause), or because that cannot be found out.',
  type: 'gauge',
  labels: [],
  source: 'the file of fettle pause',
});

const TO_UNDO = defineMetric({
  name: 'fettle_changes_to_undo',
  help: 'Throttled units and changed power modes that wait for the end of their alerts.',
  type: 'gauge',
  labels: [],
  source: 'the ledger',
});

const QUEUE_AGE = defineMetric({
  name: 'fettle_repair_queue_oldest_seconds',
  help: 'Age of the accepted alert that has waited longest for its end; 0 if none waits.',
  type: 'gauge',
  labels: [],
  source: 'the remediator',
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
  help: 'Accepted alerts on which the last word has not been said, those at work included.',
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

/** What the remediator has seen and done; while there is none, just that. */
export function createRemediatorCollector(
  read: () => Promise<RemediatorReading> | RemediatorReading | undefined,
): Collector {
  return {
    name: 'remediator',
    metrics: [
      UP,
      ALERTS,
      DECISIONS,
      REPAIRS,
      SECONDS,
      ENDINGS,
      CIRCUIT_OPEN,
      UNDER_REPAIR,
      BUDGET_USED,
      BUDGET_LIMIT,
      UNDER_WAY,
      PAUSED,
      TO_UNDO,
      LAST_REPAIR,
      QUEUE,
      QUEUE_AGE,
      LEDGER_ERRORS,
    ],
    async collect() {
      const reading = await read();
      if (reading === undefined) return [blockOf([sample(UP, {}, 0)])];
      return [blockOf([sample(UP, {}, 1), ...remediatorSamples(reading)])];
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
    ...reading.seconds.map(({ seconds, ...labels }) => sample(SECONDS, labels, seconds)),
    ...reading.endings.map(({ count, ...labels }) => sample(ENDINGS, labels, count)),
    ...reading.openCircuits.map(({ isOpen, ...labels }) => sample(CIRCUIT_OPEN, labels, Number(isOpen))),
    ...reading.underRepair.map(({ isUnderWay, ...labels }) =>
      sample(UNDER_REPAIR, labels, Number(isUnderWay)),
    ),
    ...reading.budget.flatMap(({ windowSeconds, used, limit }) => [
      sample(BUDGET_USED, { window_seconds: String(windowSeconds) }, used),
      sample(BUDGET_LIMIT, { window_seconds: String(windowSeconds) }, limit),
    ]),
    sample(UNDER_WAY, {}, reading.stepsUnderWay),
    sample(PAUSED, {}, Number(reading.isPaused)),
    sample(TO_UNDO, {}, reading.toUndo),
    ...(lastRepairSeconds === undefined ? [] : [sample(LAST_REPAIR, {}, lastRepairSeconds)]),
    sample(QUEUE, {}, reading.queueLength),
    sample(QUEUE_AGE, {}, reading.oldestCaseSeconds),
    sample(LEDGER_ERRORS, {}, reading.ledgerErrors),
  ];
}
