/** Everything that is read of a unit's cgroup; units are bytes, seconds and counts. */
export const CGROUP_VALUES = [
  'cpu.user',
  'cpu.system',
  'cpu.periods',
  'cpu.throttledPeriods',
  'cpu.throttledSeconds',
  'memory.current',
  'memory.peak',
  'memory.swap',
  'memory.anon',
  'memory.file',
  'memory.kernel',
  'memory.inactiveFile',
  'memory.workingSet',
  'memory.min',
  'memory.low',
  'memory.high',
  'memory.max',
  'memory.events.low',
  'memory.events.high',
  'memory.events.max',
  'memory.events.oom',
  'memory.events.oomKill',
  'pids.current',
  'pids.max',
  'pids.rejected',
  'pressure.cpu.waiting',
  'pressure.cpu.stalled',
  'pressure.memory.waiting',
  'pressure.memory.stalled',
  'pressure.io.waiting',
  'pressure.io.stalled',
  'io.readBytes',
  'io.writtenBytes',
  'io.reads',
  'io.writes',
] as const;

/** Name of one value of a cgroup. */
export type CgroupValue = (typeof CGROUP_VALUES)[number];

/** Values by name; what could not be read, or is not limited, is not there. */
export type CgroupValues = Readonly<Partial<Record<CgroupValue, number>>>;

/** Groups of values that cost files of their own, and that can be switched off. */
export const CGROUP_FAMILIES = ['cpu', 'memory', 'pids', 'limits', 'pressure', 'io'] as const;

/** A group of values. */
export type CgroupFamily = (typeof CGROUP_FAMILIES)[number];
