import { defineMetric, type MetricSpec, type Sample, sample } from '../domain/metric.ts';
import type { ProbeOutcome, ProbeReading } from '../domain/probe.ts';
import { createBlocks } from './blocks.ts';
import type { Collector } from './collector.ts';

const LABELS = ['probe', 'type', 'unit'] as const;

type Own = (typeof LABELS)[number];

const SOURCE =
  'the last answer; left out once it is older than three intervals and the timeout, but for that it failed';

const SUCCESS = defineMetric({
  name: 'fettle_probe_success',
  help: 'Whether the last answer was as it should be; left out before the first one.',
  type: 'gauge',
  labels: LABELS,
  source: SOURCE,
});

const DURATION = defineMetric({
  name: 'fettle_probe_duration_seconds',
  help: 'Time from the last question to the end of its answer, or of waiting for it.',
  type: 'gauge',
  labels: LABELS,
  source: SOURCE,
});

const LAST_RUN = defineMetric({
  name: 'fettle_probe_last_run_timestamp_seconds',
  help: 'Unix time at which the last answer came, or was waited for no longer; told however old it is.',
  type: 'gauge',
  labels: LABELS,
  source: 'the clock of this machine',
});

const RUNS = defineMetric({
  name: 'fettle_probe_runs_total',
  help: 'Questions since fettle started or the probe was changed.',
  type: 'counter',
  labels: LABELS,
  source: 'counted by fettle',
});

const FAILURES = defineMetric({
  name: 'fettle_probe_failures_total',
  help: 'Questions that failed since fettle started or the probe was changed, by reason; all reasons that its type can have are 0 from the start.',
  type: 'counter',
  labels: [...LABELS, 'reason'],
  source: 'counted by fettle',
});

const STATUS = gauge('http_status_code', 'Status of the last answer over HTTP.');

const PHASE = defineMetric({
  name: 'fettle_probe_phase_duration_seconds',
  help: 'Time of each part of the last question: resolve, connect, tls, processing (until the header came) and transfer.',
  type: 'gauge',
  labels: [...LABELS, 'phase'],
  source: SOURCE,
});

const CERTIFICATE = gauge(
  'certificate_expiry_timestamp_seconds',
  'Unix time at which the first certificate of the chain ends or has ended; told also where it is not to be trusted.',
);

const VALUE = defineMetric({
  name: 'fettle_probe_value',
  help: 'Numbers in the last answer, by the names that the configuration gives them (field).',
  type: 'gauge',
  labels: [...LABELS, 'field'],
  source: SOURCE,
});

const EXIT_CODE = gauge('exit_code', 'Exit code of the command.');
const FILES = gauge('files', 'Files that fit.');
const SIZE = gauge('size_bytes', 'Size of the file, or of all files that fit together.');
const MODIFIED = gauge(
  'modified_timestamp_seconds',
  'Unix time at which the file, or the newest of those that fit, was last modified.',
);
const FREE = gauge('free_bytes', 'Bytes that are free for users on the file system.');

function gauge(name: string, help: string): MetricSpec<Own> {
  return defineMetric({ name: `fettle_probe_${name}`, help, type: 'gauge', labels: LABELS, source: SOURCE });
}

/** What the answers of services say. */
export function createProbeCollector(read: () => readonly ProbeReading[]): Collector {
  const blocks = createBlocks<ProbeReading>(({ name }) => name, probeSamples);
  return {
    name: 'probe',
    metrics: [
      SUCCESS,
      DURATION,
      LAST_RUN,
      RUNS,
      FAILURES,
      STATUS,
      PHASE,
      CERTIFICATE,
      VALUE,
      EXIT_CODE,
      FILES,
      SIZE,
      MODIFIED,
      FREE,
    ],
    collect: () => blocks(read()),
  };
}

function probeSamples({ name, type, unit, last, isStale, failures, runs }: ProbeReading): readonly Sample[] {
  const labels = { probe: name, type, unit };
  const counts = [
    sample(RUNS, labels, runs),
    ...[...failures].map(([reason, count]) => sample(FAILURES, { ...labels, reason }, count)),
  ];
  if (last === undefined) return counts;
  const always = [...counts, sample(LAST_RUN, labels, last.endedSeconds)];
  if (isStale) return always;
  return [
    ...always,
    sample(SUCCESS, labels, last.outcome.failure === undefined ? 1 : 0),
    sample(DURATION, labels, last.durationSeconds),
    ...outcomeSamples(last.outcome, labels),
  ];
}

function outcomeSamples(outcome: ProbeOutcome, labels: Readonly<Record<Own, string>>): readonly Sample[] {
  const single: readonly (readonly [MetricSpec<Own>, number | undefined])[] = [
    [STATUS, outcome.httpStatus],
    [CERTIFICATE, outcome.certificateExpirySeconds],
    [EXIT_CODE, outcome.exitCode],
    [FILES, outcome.files],
    [SIZE, outcome.sizeBytes],
    [MODIFIED, outcome.modifiedSeconds],
    [FREE, outcome.freeBytes],
  ];
  return [
    ...single.flatMap(([metric, value]) => (value === undefined ? [] : [sample(metric, labels, value)])),
    ...Object.entries(outcome.phases ?? {}).map(([phase, seconds]) =>
      sample(PHASE, { ...labels, phase }, seconds),
    ),
    ...[...outcome.values].map(([field, value]) => sample(VALUE, { ...labels, field }, value)),
    // What an answer says may be beyond all numbers, as 1e999 is: nothing to reckon with.
  ].filter(({ value }) => Number.isFinite(value));
}
