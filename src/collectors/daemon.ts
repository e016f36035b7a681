import { DAEMON_STATES, type DaemonReading, type DaemonStatus, type DaemonUsage } from '../domain/daemon.ts';
import { defineMetric, type MetricSpec, type Sample, sample } from '../domain/metric.ts';
import { blockOf, type Collector } from './collector.ts';

const PID_FILE = 'the pid file of the configuration, and /proc/PID/stat';
const TREE = 'its own cgroup (v2) if there is one, else /proc of its processes';
const STATUS_FILE = 'the status file of the configuration';

const UP = gauge(
  'up',
  'Whether the process that the pid file names runs, and is not another one; not there if that cannot be known.',
  PID_FILE,
);

const STATE = defineMetric({
  name: 'daemon_state',
  help: 'Whether the daemon is in this state: active; inactive, without a pid file; failed, if the process of its pid file has ended; unknown, if the file cannot be believed, or names a process that is younger than it: another one, unless the clock was set forward since.',
  type: 'gauge',
  labels: ['name', 'state'],
  source: PID_FILE,
});

const RESTARTS = counter(
  'restarts_total',
  'Runs of the daemon that have been seen after the first one since fettle started.',
  PID_FILE,
);

const START = gauge('start_time_seconds', 'Unix time at which its process was started.', '/proc/PID/stat');

const PROCESSES = gauge('processes', 'Processes of the daemon: its own and those that it has started.', TREE);

const CPU = counter(
  'cpu_seconds_total',
  'CPU time of its processes, with that of children that have ended and were waited for.',
  TREE,
);

const MEMORY = gauge(
  'memory_bytes',
  'Memory of its processes: that of its own cgroup, else what is resident, in which shared memory counts more than once.',
  TREE,
);

const STATUS_OK = gauge(
  'status_ok',
  'Whether the status file is there, not too old, and says one of the expected states.',
  STATUS_FILE,
);

const STATUS_MODIFIED = gauge(
  'status_modified_timestamp_seconds',
  'Unix time at which the status file was last written; not there if there is none.',
  STATUS_FILE,
);

const STATUS_VALUE = defineMetric({
  name: 'daemon_status_value',
  help: 'A number of the status file, by the name (field) that the configuration gives it.',
  type: 'gauge',
  labels: ['name', 'field'],
  source: STATUS_FILE,
});

function gauge(name: string, help: string, source: string): MetricSpec<'name'> {
  return defineMetric({ name: `daemon_${name}`, help, type: 'gauge', labels: ['name'], source });
}

function counter(name: string, help: string, source: string): MetricSpec<'name'> {
  return defineMetric({ name: `daemon_${name}`, help, type: 'counter', labels: ['name'], source });
}

/** Daemons that write their pid to a file; `read` throws if they could not be read. */
export function createDaemonCollector(
  read: (signal: AbortSignal) => readonly DaemonReading[] | Promise<readonly DaemonReading[]>,
): Collector {
  return {
    name: 'daemon',
    metrics: [UP, STATE, RESTARTS, START, PROCESSES, CPU, MEMORY, STATUS_OK, STATUS_MODIFIED, STATUS_VALUE],
    collect: async (signal) => [blockOf((await read(signal)).flatMap(daemonSamples))],
  };
}

/** Samples of what is known of a daemon. */
export function daemonSamples({ name, state, ...rest }: DaemonReading): readonly Sample[] {
  const { startSeconds, usage, status, restarts } = rest;
  return [
    ...(state === 'unknown' ? [] : [sample(UP, { name }, Number(state === 'active'))]),
    ...DAEMON_STATES.map((one) => sample(STATE, { name, state: one }, Number(one === state))),
    sample(RESTARTS, { name }, restarts),
    ...(startSeconds === undefined ? [] : [sample(START, { name }, startSeconds)]),
    ...(usage === undefined ? [] : usageSamples(name, usage)),
    ...(status === undefined ? [] : statusSamples(name, status)),
  ];
}

function usageSamples(name: string, { processes, cpuSeconds, memoryBytes }: DaemonUsage): readonly Sample[] {
  return [
    sample(PROCESSES, { name }, processes),
    ...(cpuSeconds === undefined ? [] : [sample(CPU, { name }, cpuSeconds)]),
    ...(memoryBytes === undefined ? [] : [sample(MEMORY, { name }, memoryBytes)]),
  ];
}

function statusSamples(name: string, { problem, modifiedSeconds, values }: DaemonStatus): readonly Sample[] {
  return [
    sample(STATUS_OK, { name }, Number(problem === undefined)),
    ...(modifiedSeconds === undefined ? [] : [sample(STATUS_MODIFIED, { name }, modifiedSeconds)]),
    ...[...values].map(([field, value]) => sample(STATUS_VALUE, { name, field }, value)),
  ];
}
