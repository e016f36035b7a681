import type { RuleGroup } from '../rule.ts';
import { GPU_COLLECTION } from './gpu/collection.ts';
import { GPU_ERRORS } from './gpu/errors.ts';
import { GPU_PRESENCE } from './gpu/presence.ts';
import { GPU_USE } from './gpu/use.ts';
import { GPU_XIDS } from './gpu/xids.ts';

/** Alerts about GPUs; those about their heat are in the group `thermal`. */
export const GPU: RuleGroup = {
  name: 'gpu',
  comment: `Alerts about GPUs: whether they are there, can be read, and are well. Those about heat are in thermal.rules.yml.

What holds for every rule here:
- A machine without a GPU has none of these series, so it never alerts.
- last_over_time and the other functions over time bridge missed scrapes: without them one missed scrape would end an alert and begin it anew, with \`for\` from the start.
- When the driver cannot be read, its series are left out and alerts from them end. That it cannot be read alerts instead.`,
  rules: [...GPU_PRESENCE, ...GPU_COLLECTION, ...GPU_XIDS, ...GPU_ERRORS, ...GPU_USE],
};
