import type { Sight } from '../../lab/vm-exporter.ts';

/** A value of a unit, and where cgroup v2 has it. */
interface Promised {
  readonly metric: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly file: string;
  /** Finds the number in the file's text; where it does not, there is no value. */
  readonly number: RegExp;
  /** Of the file's unit, in one of ours. */
  readonly scale?: number;
}

const MICROSECONDS = 1e6;

const ALONE = /^(\d+)$/m;

const PROMISED: readonly Promised[] = [
  cpu('cpu_seconds_total', 'user_usec', MICROSECONDS, { mode: 'user' }),
  cpu('cpu_seconds_total', 'system_usec', MICROSECONDS, { mode: 'system' }),
  cpu('cpu_periods_total', 'nr_periods'),
  cpu('cpu_throttled_periods_total', 'nr_throttled'),
  cpu('cpu_throttled_seconds_total', 'throttled_usec', MICROSECONDS),
  { metric: 'memory_max_bytes', file: 'memory.max', number: ALONE },
  { metric: 'memory_high_bytes', file: 'memory.high', number: ALONE },
  { metric: 'memory_peak_bytes', file: 'memory.peak', number: ALONE },
  ...['low', 'high', 'max', 'oom', 'oom_kill'].map((event) => ({
    metric: `memory_events_${event}_total`,
    file: 'memory.events',
    number: new RegExp(`^${event} (\\d+)$`, 'm'),
  })),
  { metric: 'tasks_max', file: 'pids.max', number: ALONE },
  { metric: 'tasks_rejected_total', file: 'pids.events', number: /^max (\d+)$/m },
  ...['cpu', 'memory', 'io'].flatMap((resource) => [
    pressure(resource, 'waiting', 'some'),
    pressure(resource, 'stalled', 'full'),
  ]),
  io('read_bytes', 'rbytes'),
  io('written_bytes', 'wbytes'),
  io('reads', 'rios'),
  io('writes', 'wios'),
];

/** The files that `differences` compares with; absolute paths. */
export function filesOf(unit: string): readonly string[] {
  return [...new Set(PROMISED.map(({ file }) => pathOf(unit, file)))];
}

/**
 * What the page tells of a unit otherwise than the files did, in words; empty when all is well.
 *
 * None of these values ever goes down, so each must lie between what the file said before and after.
 */
export function differences({ before, after, values }: Sight, unit: string): readonly string[] {
  return PROMISED.flatMap(({ metric, labels, file, number, scale = 1 }) => {
    const [low, high] = [before, after].map(({ files }) => {
      const found = number.exec(files[pathOf(unit, file)] ?? '')?.[1];
      return found === undefined ? undefined : Number(found) / scale;
    });
    const told = values(`systemd_unit_${metric}`, { name: unit, ...labels });
    return isBetween(told, low, high)
      ? []
      : [`${metric} ${JSON.stringify(labels ?? {})} of ${unit} is ${told}; ${file} has ${low} to ${high}`];
  });
}

function isBetween(told: readonly number[], low: number | undefined, high: number | undefined): boolean {
  const [value] = told;
  if (value === undefined) return low === undefined;
  return told.length === 1 && low !== undefined && high !== undefined && low <= value && value <= high;
}

function pathOf(unit: string, file: string): string {
  return `/sys/fs/cgroup/system.slice/${unit}/${file}`;
}

function cpu(
  metric: string,
  key: string,
  scale = 1,
  labels: Readonly<Record<string, string>> = {},
): Promised {
  return { metric, labels, file: 'cpu.stat', number: new RegExp(`^${key} (\\d+)$`, 'm'), scale };
}

function pressure(resource: string, kind: string, line: string): Promised {
  return {
    metric: `pressure_${resource}_${kind}_seconds_total`,
    file: `${resource}.pressure`,
    number: new RegExp(`^${line} .*total=(\\d+)$`, 'm'),
    scale: MICROSECONDS,
  };
}

/** The VM has one disk. */
function io(metric: string, key: string): Promised {
  return { metric: `io_${metric}_total`, file: 'io.stat', number: new RegExp(` ${key}=(\\d+)`) };
}
