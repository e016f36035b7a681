import { defineMetric, type MetricSpec, type Sample, sample } from '../../domain/metric.ts';
import type { UnitReading } from '../../domain/reading.ts';
import { FAILURE_RESULTS } from '../../domain/unit-events.ts';

const SIGNALS = 'signals of org.freedesktop.systemd1, since fettle started';

const FAILURES = defineMetric({
  name: 'systemd_unit_failures_total',
  help: 'Runs of the unit that failed, also those after which systemd restarted it, by how they failed.',
  type: 'counter',
  labels: ['name', 'type', 'result'],
  source: SIGNALS,
});

const ACTIVATIONS = defineMetric({
  name: 'systemd_unit_activations_total',
  help: 'Times that the unit became active.',
  type: 'counter',
  labels: ['name', 'type'],
  source: SIGNALS,
});

const OOM_KILLS = defineMetric({
  name: 'systemd_unit_oom_kills_total',
  help: 'Runs of the unit that ended because the kernel killed a process for want of memory.',
  type: 'counter',
  labels: ['name', 'type'],
  source: SIGNALS,
});

const LAST_FAILURE = defineMetric({
  name: 'systemd_unit_last_failure_timestamp_seconds',
  help: 'Unix time at which a run of the unit last failed; left out if none has since fettle started.',
  type: 'gauge',
  labels: ['name', 'type'],
  source: SIGNALS,
});

/** Metrics of what happens between scrapes. */
export const EVENT_METRICS: readonly MetricSpec[] = [FAILURES, ACTIVATIONS, OOM_KILLS, LAST_FAILURE];

/** Types whose runs can fail and restart; the others are counted by their state. */
const RUNNING_TYPES = new Set(['service', 'scope', 'mount', 'socket', 'swap', 'timer']);

/** Samples of what has been counted of a unit, from 0 on. */
export function eventSamples({ name, type, events }: UnitReading): readonly Sample[] {
  if (events === undefined || !RUNNING_TYPES.has(type)) return [];
  const { activations, failures, lastFailureSeconds } = events;
  // The results that only processes can have are told of services; of others, what has happened.
  const results = FAILURE_RESULTS.filter((result) => type === 'service' || failures[result] > 0);
  return [
    ...results.map((result) => sample(FAILURES, { name, type, result }, failures[result])),
    sample(ACTIVATIONS, { name, type }, activations),
    ...(type === 'service' ? [sample(OOM_KILLS, { name, type }, failures['oom-kill'])] : []),
    ...(lastFailureSeconds === undefined ? [] : [sample(LAST_FAILURE, { name, type }, lastFailureSeconds)]),
  ];
}
