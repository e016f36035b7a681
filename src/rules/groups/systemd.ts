import type { RuleGroup } from '../rule.ts';
import { CHANGES } from './systemd/changes.ts';
import { CRASHES } from './systemd/crashes.ts';
import { FAILURES } from './systemd/failures.ts';
import { TRIGGERS } from './systemd/triggers.ts';

/** Alerts about units of systemd. */
export const SYSTEMD: RuleGroup = {
  name: 'systemd',
  comment: `Alerts about systemd units, from the metrics of fettle's exporter (Prometheus job \`fettle\`).

What holds for every rule in these files:
- Labels never hold a value that changes while the alert fires. Alertmanager's fingerprint is a hash of the labels, and the remediator tells alerts apart by it: a changing label would look like a new alert.
- \`unit\` and \`manager\` are what the remediator needs to find the unit. An alert without \`manager\` is for people only. \`host\` is the instance without its port, which both halves of fettle have in common.
- \`job="fettle"\` keeps the rules to one exporter. While you move over from systemd_exporter both export the same metric names, and every unit would alert twice.
- \`fettle:threshold\` is what \`fettle rules\` records for thresholds that are set otherwise in fettle's configuration. Where there are none there is no such series, and the figure in the rule holds.
- last_over_time and the like bridge missed scrapes: without them one would resolve the alert and fire it anew, with a new start time, and it would be acted on twice.
- \`runbook_url\` is a path inside the project and inside the installed package, because no web address is the same for everybody. alerts/runbooks/ holds the files.`,
  rules: [...FAILURES, ...CRASHES, ...CHANGES, ...TRIGGERS],
};
