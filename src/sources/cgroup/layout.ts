import type { CgroupFamily, CgroupValue } from '../../domain/cgroup.ts';
import { parseCount, parseField, parseStall, sumDevices, sumOperations } from './parse.ts';

/** Takes a value in; undefined is no value. */
export type Put = (name: CgroupValue, value: number | undefined) => void;

/**
 * When a file of a cgroup changes.
 *
 * `with-every-run`: whenever a task of the cgroup runs, or its memory changes. `at-any-time`: also while all its
 * tasks wait, as when the kernel writes their pages back. `with-the-others`: not while the first kind does not,
 * except by hand (limits) and as the kernel ages its lists of pages.
 */
export type Changes = 'with-every-run' | 'at-any-time' | 'with-the-others';

/** One file of a cgroup: where it is, and what is in it. */
export interface CgroupFile {
  readonly family: CgroupFamily;
  readonly changes: Changes;
  /** Before the unit's path: the controller's folder in v1, nothing in v2. */
  readonly tree: string;
  readonly name: string;
  readonly parse: (text: string, put: Put) => void;
}

/** A file that holds one number. */
function single(
  family: CgroupFamily,
  tree: string,
  name: string,
  value: CgroupValue,
  changes: Changes = 'with-the-others',
): CgroupFile {
  return { family, changes, tree, name, parse: (text, put) => put(value, parseCount(text)) };
}

/** A pressure file: `some` is waiting, `full` is stalled. */
function pressure(tree: string, resource: 'cpu' | 'memory' | 'io'): CgroupFile {
  return {
    family: 'pressure',
    changes: 'at-any-time',
    tree,
    name: `${resource}.pressure`,
    parse(text, put) {
      put(`pressure.${resource}.waiting`, parseStall(text, 'some'));
      put(`pressure.${resource}.stalled`, parseStall(text, 'full'));
    },
  };
}

function microseconds(text: string, key: string): number | undefined {
  const value = parseField(text, key);
  return value === undefined ? undefined : value / 1e6;
}

/** CPU times, in both layouts; v2 counts the throttling here too. */
function cpuTimes(tree: string): CgroupFile {
  return {
    family: 'cpu',
    changes: 'with-every-run',
    tree,
    name: 'cpu.stat',
    parse(text, put) {
      put('cpu.user', microseconds(text, 'user_usec'));
      put('cpu.system', microseconds(text, 'system_usec'));
      put('cpu.periods', parseField(text, 'nr_periods'));
      put('cpu.throttledPeriods', parseField(text, 'nr_throttled'));
      put('cpu.throttledSeconds', microseconds(text, 'throttled_usec'));
    },
  };
}

/** Processes: how many, how many may be, and how many forks were refused. */
function pids(tree: string): readonly CgroupFile[] {
  return [
    single('pids', tree, 'pids.current', 'pids.current'),
    single('limits', tree, 'pids.max', 'pids.max'),
    {
      family: 'pids',
      changes: 'with-the-others',
      tree,
      name: 'pids.events',
      parse: (text, put) => put('pids.rejected', parseField(text, 'max')),
    },
  ];
}

/** cgroup v2: one folder a unit. Source: the kernel's Documentation/admin-guide/cgroup-v2.rst. */
export const UNIFIED: readonly CgroupFile[] = [
  cpuTimes(''),
  single('memory', '', 'memory.current', 'memory.current', 'with-every-run'),
  {
    family: 'memory',
    changes: 'with-the-others',
    tree: '',
    name: 'memory.stat',
    parse(text, put) {
      put('memory.anon', parseField(text, 'anon'));
      put('memory.file', parseField(text, 'file'));
      put('memory.kernel', parseField(text, 'kernel'));
      put('memory.inactiveFile', parseField(text, 'inactive_file'));
    },
  },
  single('memory', '', 'memory.swap.current', 'memory.swap'),
  single('memory', '', 'memory.peak', 'memory.peak'),
  {
    family: 'memory',
    changes: 'with-the-others',
    tree: '',
    name: 'memory.events',
    parse(text, put) {
      put('memory.events.low', parseField(text, 'low'));
      put('memory.events.high', parseField(text, 'high'));
      put('memory.events.max', parseField(text, 'max'));
      put('memory.events.oom', parseField(text, 'oom'));
      put('memory.events.oomKill', parseField(text, 'oom_kill'));
    },
  },
  single('limits', '', 'memory.min', 'memory.min'),
  single('limits', '', 'memory.low', 'memory.low'),
  single('limits', '', 'memory.high', 'memory.high'),
  single('limits', '', 'memory.max', 'memory.max'),
  ...pids(''),
  pressure('', 'cpu'),
  pressure('', 'memory'),
  pressure('', 'io'),
  {
    family: 'io',
    changes: 'at-any-time',
    tree: '',
    name: 'io.stat',
    parse(text, put) {
      put('io.readBytes', sumDevices(text, 'rbytes'));
      put('io.writtenBytes', sumDevices(text, 'wbytes'));
      put('io.reads', sumDevices(text, 'rios'));
      put('io.writes', sumDevices(text, 'wios'));
    },
  },
];

/** "No limit" in v1: the largest number of pages (`PAGE_COUNTER_MAX`), as bytes. */
const NO_LIMIT = 0x7ffffffffffff000;

/**
 * cgroup v1: one tree a controller. systemd's hybrid layout has a v2 tree beside them, without controllers,
 * which counts CPU time and pressure all the same.
 *
 * v1 knows no minimum, low or high, and no events of them.
 */
export const PER_CONTROLLER: readonly CgroupFile[] = [
  cpuTimes('/unified'),
  {
    family: 'cpu',
    changes: 'with-the-others',
    tree: '/cpu',
    name: 'cpu.stat',
    parse(text, put) {
      put('cpu.periods', parseField(text, 'nr_periods'));
      put('cpu.throttledPeriods', parseField(text, 'nr_throttled'));
      const nanoseconds = parseField(text, 'throttled_time');
      put('cpu.throttledSeconds', nanoseconds === undefined ? undefined : nanoseconds / 1e9);
    },
  },
  single('memory', '/memory', 'memory.usage_in_bytes', 'memory.current', 'with-every-run'),
  single('memory', '/memory', 'memory.max_usage_in_bytes', 'memory.peak'),
  {
    family: 'memory',
    changes: 'with-the-others',
    tree: '/memory',
    name: 'memory.stat',
    parse(text, put) {
      put('memory.anon', parseField(text, 'total_rss'));
      put('memory.file', parseField(text, 'total_cache'));
      put('memory.swap', parseField(text, 'total_swap'));
      put('memory.inactiveFile', parseField(text, 'total_inactive_file'));
    },
  },
  {
    family: 'memory',
    changes: 'with-the-others',
    tree: '/memory',
    name: 'memory.oom_control',
    parse: (text, put) => put('memory.events.oomKill', parseField(text, 'oom_kill')),
  },
  single('memory', '/memory', 'memory.failcnt', 'memory.events.max'),
  {
    family: 'limits',
    changes: 'with-the-others',
    tree: '/memory',
    name: 'memory.limit_in_bytes',
    parse(text, put) {
      const limit = parseCount(text);
      put('memory.max', limit !== undefined && limit < NO_LIMIT ? limit : undefined);
    },
  },
  ...pids('/pids'),
  pressure('/unified', 'cpu'),
  pressure('/unified', 'memory'),
  pressure('/unified', 'io'),
  {
    family: 'io',
    changes: 'at-any-time',
    tree: '/blkio',
    name: 'blkio.throttle.io_service_bytes',
    parse(text, put) {
      put('io.readBytes', sumOperations(text, 'Read'));
      put('io.writtenBytes', sumOperations(text, 'Write'));
    },
  },
  {
    family: 'io',
    changes: 'at-any-time',
    tree: '/blkio',
    name: 'blkio.throttle.io_serviced',
    parse(text, put) {
      put('io.reads', sumOperations(text, 'Read'));
      put('io.writes', sumOperations(text, 'Write'));
    },
  },
];

/**
 * v1 without the v2 tree: CPU times of the `cpuacct` controller, in nanoseconds there.
 *
 * Only read where there is no `/unified`.
 */
export const CPUACCT: readonly CgroupFile[] = (['user', 'system'] as const).map((mode) => ({
  family: 'cpu',
  changes: 'with-every-run',
  tree: '/cpuacct',
  name: mode === 'user' ? 'cpuacct.usage_user' : 'cpuacct.usage_sys',
  parse(text, put) {
    const nanoseconds = parseCount(text);
    put(`cpu.${mode}`, nanoseconds === undefined ? undefined : nanoseconds / 1e9);
  },
}));
