import type { RuleGroup } from '../rule.ts';
import { ABILITY } from './remediation/ability.ts';
import { OUTCOMES } from './remediation/outcomes.ts';

/** Alerts about what fettle does by itself, and whether it can. */
export const REMEDIATION: RuleGroup = {
  name: 'remediation',
  comment: `Alerts about fettle's repairs, from the metrics of its remediator (Prometheus job \`fettle-remediator\`).

None of them has the label \`manager\`, so none is sent to fettle: what it cannot do people must do. Counters come from the ledger and are 0 from the start for every policy, so increase() sees the first event.`,
  rules: [...OUTCOMES, ...ABILITY],
};
