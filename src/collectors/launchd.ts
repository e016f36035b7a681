import {
  EX_CONFIG,
  LAUNCHD_QUESTIONS,
  LAUNCHD_STATES,
  type LaunchdJobReading,
  type LaunchdReading,
  type ProcessUsage,
} from '../domain/launchd.ts';
import { defineMetric, type MetricSpec, type Sample, sample } from '../domain/metric.ts';
import { blockOf, type Collector } from './collector.ts';

const JOB = ['domain', 'label'] as const;
type JobLabel = (typeof JOB)[number];

const PRINT = 'launchctl print DOMAIN/LABEL';
const LIST = 'launchctl print DOMAIN';
const PS = 'ps -o rss=,time=,etime=';

const DOMAIN_UP = defineMetric({
  name: 'launchd_domain_up',
  help: 'Whether the domain is there; gui/UID is not while that user is not logged in.',
  type: 'gauge',
  labels: ['domain'],
  source: LIST,
});

const INFO = defineMetric({
  name: 'launchd_job_info',
  help: 'Always 1; the program that a loaded job runs, empty if it is not known.',
  type: 'gauge',
  labels: [...JOB, 'program'],
  source: `${PRINT}, program`,
});

const STATE = defineMetric({
  name: 'launchd_job_state',
  help: 'Whether launchd says that the job is in this state. Not running is normal for one that runs now and then; spawn scheduled, with runs that go up, is a crash loop.',
  type: 'gauge',
  labels: [...JOB, 'state'],
  source: `${PRINT}, state`,
});

const PID = gauge('pid', 'Process of the job; not there while it has none.', `${PRINT}, pid`);

const EXIT_CODE = gauge(
  'last_exit_code',
  'Exit code of the last run that ended by itself; not there if none has.',
  `${PRINT}, last exit code`,
);

const SIGNAL = gauge(
  'last_signal',
  'Number of the signal that ended the last run; not there if none did.',
  `${PRINT}, last terminating signal`,
);

const CONFIG_ERROR = gauge(
  'config_error',
  "Whether the job last ended with exit code 78 (EX_CONFIG): its program, a path or a permission of its property list is at fault, and a restart won't help.",
  `${PRINT}, last exit code`,
);

const ENABLED = gauge(
  'enabled',
  'Whether the job may be loaded; what has been disabled by hand may still run until the next login or boot.',
  'launchctl print-disabled DOMAIN',
);

const RUNS = counter('runs_total', 'Starts since the job was loaded.', `${PRINT}, runs`);

const CPU = counter(
  'cpu_seconds_total',
  "CPU time of the job's process, without its children.",
  `${PS}, time`,
);

const MEMORY = gauge(
  'memory_bytes',
  "Resident memory of the job's process, without its children.",
  `${PS}, rss`,
);

const START = gauge(
  'start_time_seconds',
  "Unix time at which the job's process was started, to a second or so.",
  `${PS}, etime`,
);

const FAILURES = defineMetric({
  name: 'launchd_failed_questions_total',
  help: 'Questions about jobs that were not answered: which a domain has (list), what launchd says of one (print; the list alone tells it then), which are disabled (print-disabled), and what their processes use (ps).',
  type: 'counter',
  labels: ['question'],
  source: 'fettle itself',
});

function gauge(name: string, help: string, source: string): MetricSpec<JobLabel> {
  return defineMetric({ name: `launchd_job_${name}`, help, type: 'gauge', labels: JOB, source });
}

function counter(name: string, help: string, source: string): MetricSpec<JobLabel> {
  return defineMetric({ name: `launchd_job_${name}`, help, type: 'counter', labels: JOB, source });
}

/** The jobs of launchd; `read` throws if they could not be read. */
export function createLaunchdCollector(
  read: (signal: AbortSignal) => LaunchdReading | Promise<LaunchdReading>,
): Collector {
  return {
    name: 'launchd',
    metrics: [
      DOMAIN_UP,
      INFO,
      STATE,
      PID,
      EXIT_CODE,
      SIGNAL,
      CONFIG_ERROR,
      ENABLED,
      RUNS,
      CPU,
      MEMORY,
      START,
      FAILURES,
    ],
    collect: async (signal) => [blockOf(launchdSamples(await read(signal)))],
  };
}

/** Samples of what launchd says; what it does not say is left out. */
export function launchdSamples({ domains, jobs, failures }: LaunchdReading): readonly Sample[] {
  const up = [...domains].map(([domain, isThere]) => sample(DOMAIN_UP, { domain }, Number(isThere)));
  const failed = LAUNCHD_QUESTIONS.map((question) => sample(FAILURES, { question }, failures[question]));
  return [...up, ...failed, ...jobs.flatMap(jobSamples)];
}

function jobSamples({ domain, label, ...job }: LaunchdJobReading): readonly Sample[] {
  const labels = { domain, label };
  const known = (metric: MetricSpec<JobLabel>, value: number | undefined) =>
    value === undefined ? [] : [sample(metric, labels, value)];
  const { state, lastExitCode, enabled } = job;
  return [
    sample(INFO, { ...labels, program: job.program ?? '' }, 1),
    ...(state === undefined
      ? []
      : LAUNCHD_STATES.map((one) => sample(STATE, { ...labels, state: one }, Number(one === state)))),
    ...known(PID, job.pid),
    ...known(EXIT_CODE, lastExitCode),
    ...known(SIGNAL, job.lastSignal),
    sample(CONFIG_ERROR, labels, Number(lastExitCode === EX_CONFIG)),
    ...known(ENABLED, enabled === undefined ? undefined : Number(enabled)),
    ...known(RUNS, job.runs),
    ...usageSamples(labels, job.usage),
  ];
}

function usageSamples(
  labels: Readonly<Record<JobLabel, string>>,
  usage: ProcessUsage | undefined,
): readonly Sample[] {
  if (usage === undefined) return [];
  return [
    sample(CPU, labels, usage.cpuSeconds),
    sample(MEMORY, labels, usage.memoryBytes),
    sample(START, labels, usage.startSeconds),
  ];
}
