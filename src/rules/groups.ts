import { CGROUP } from './groups/cgroup.ts';
import { GPU } from './groups/gpu.ts';
import { LAUNCHD } from './groups/launchd.ts';
import { LOGS } from './groups/logs.ts';
import { MACHINE } from './groups/machine.ts';
import { PROBES } from './groups/probes.ts';
import { REMEDIATION } from './groups/remediation.ts';
import { SELF } from './groups/self.ts';
import { SYSTEMD } from './groups/systemd.ts';
import { THERMAL } from './groups/thermal.ts';
import type { RuleGroup } from './rule.ts';

/** Every group of alerts, each a file of its own in `alerts/`. */
export const GROUPS: readonly RuleGroup[] = [
  SYSTEMD,
  CGROUP,
  MACHINE,
  GPU,
  THERMAL,
  PROBES,
  LOGS,
  LAUNCHD,
  REMEDIATION,
  SELF,
];
