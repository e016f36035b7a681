import * as z from 'zod';
import { asMap } from '../form.ts';
import { asMatcher, matcher } from '../matcher.ts';
import { limits } from './limit.ts';
import { steps } from './steps.ts';
import { blame, cooldown, giveUp, someTime, verify } from './timing.ts';
import { unitName, unitTemplate } from './units.ts';

/** Whether decisions are carried out. */
export const mode = z
  .enum(['dry-run', 'enforce'], { error: 'expected dry-run or enforce' })
  .describe('dry-run decides and writes down what it would do; enforce does it.');

const NAME = 'expected a name of small letters, digits, - and _, such as comfyui-failed';

/** What a policy may leave to the defaults, but for `give_up`, which is a policy's last step. */
const inherited = {
  cooldown: cooldown.optional(),
  limits: limits
    .optional()
    .describe(
      'At most so many repairs of one unit within any stretch of time of that length, all of which must hold; ["3 per 1h", "10 per 24h"].',
    ),
  verify: verify.optional(),
  max_alert_age: someTime
    .optional()
    .describe('An alert that has waited longer than this for its decision leads to nothing; 10m.'),
  blame: blame.optional(),
};

/** What holds for policies that do not say otherwise. */
export const defaults = z
  .strictObject(
    { ...inherited, give_up: giveUp.optional() },
    asMap('expected a map, such as defaults: { cooldown: { base: 5m } }'),
  )
  .describe('For policies that do not say otherwise.');

/** What is said of matchers that are no list. */
function listOfMatchers(input: unknown): string {
  const meant = typeof input === 'string' ? input : asMatcher(input);
  const expected = 'expected a list of matchers such as alertname = "UnitFailed"';
  return meant === undefined || meant.includes('\n') ? expected : `${expected}; write it as - ${meant}`;
}

/** One policy. */
export const policy = z
  .strictObject(
    {
      name: z
        .string({ error: 'expected a name such as comfyui-failed' })
        .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, { error: NAME })
        .describe('A name of its own; it stands in the ledger and in metrics.'),
      mode: mode
        .optional()
        .describe('dry-run or enforce, for this policy alone; left out: as remediator.mode says.'),
      when: z
        .array(matcher, { error: ({ input }) => listOfMatchers(input) })
        .min(1, { error: 'expected at least one matcher; a policy without any would match nothing' })
        .describe('Matchers on labels of the alert, as Alertmanager writes them; all must match.'),
      unit: unitTemplate.prefault('{{ labels.unit }}'),
      allow: z
        .array(unitName, { error: 'expected a list of unit names' })
        .min(1, { error: 'expected at least one unit; an empty list allows none' })
        .max(1000, { error: 'expected at most 1000 units' })
        .describe('Units that it may touch, each written out.'),
      steps: steps
        .prefault(['restart'])
        .describe('What is done, one after the other until the alert is over; at most 10 steps.'),
      ...inherited,
      on_resolve: z
        .enum(['undo_throttle', 'nothing'], { error: 'expected undo_throttle or nothing' })
        .default('undo_throttle')
        .describe('Once the alert is over: give back what was taken by throttle, or leave it so.'),
    },
    asMap('expected a map of the keys of a policy, the first of which is - name: comfyui-failed'),
  )
  .describe('What may be done to which units upon which alerts.');
