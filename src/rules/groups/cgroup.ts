import type { RuleGroup } from '../rule.ts';
import { LIMITS } from './cgroup/limits.ts';
import { PRESSURE } from './cgroup/pressure.ts';

/** Alerts about what the kernel accounts to the cgroups of units, and to the machine. */
export const CGROUP: RuleGroup = {
  name: 'cgroup',
  comment: `Alerts about memory, CPU time, tasks and stalls of units, from their cgroups, and about stalls of the whole machine.

Series of pressure (PSI) of units are only there with \`exporter.cgroup.pressure: true\`; those of the machine wherever the kernel has /proc/pressure. Without the series the rules are quiet.

A cgroup is made anew at each start of its unit, and its counters begin at 0 then. increase() takes that for a reset of the counter, which is right.`,
  rules: [...LIMITS, ...PRESSURE],
};
