import type { RuleGroup } from '../rule.ts';
import { DAEMONS } from './launchd/daemons.ts';
import { LAUNCHD_JOBS } from './launchd/jobs.ts';

/** Alerts about jobs of launchd and daemons with a pid file: services that systemd does not look after. */
export const LAUNCHD: RuleGroup = {
  name: 'launchd',
  comment: `Alerts about services that systemd does not look after: jobs of launchd on a Mac, and daemons that write their pid to a file.

The labels unit and manager say what could be repaired. This version of fettle repairs units of systemd alone, and refuses these.`,
  rules: [...LAUNCHD_JOBS, ...DAEMONS],
};
