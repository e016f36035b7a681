import * as z from 'zod';
import { ACTIONS, type Step, UNIT_ACTIONS } from '../../domain/step.ts';
import { duration } from '../duration.ts';
import { asMap } from '../form.ts';
import { conditions } from './condition.ts';
import { throttle } from './throttle.ts';
import { giveUp } from './timing.ts';
import { serviceName, unitName } from './units.ts';

/** One entry of `steps`: a step of the ladder, or what happens at its end. */
export type Rung =
  | { readonly kind: 'step'; readonly step: Step }
  | { readonly kind: 'give_up'; readonly holdSeconds: number | undefined };

/** What an entry can be, one key each. */
const KEYS = [...ACTIONS, 'give_up'] as const;

/** What can be written without a map, as in `- restart`. */
const SHORT = [...UNIT_ACTIONS, 'give_up'] as const;

const PLAIN = ['start', 'stop', 'reload', 'reset_failed'] as const;

/** What `wait` is where nothing is said. */
export const USUAL_WAIT_SECONDS = 60;

const NOTHING = 'expected nothing after it; wait and only_if stand beside the action, on lines of their own';
const MESSAGE = 'expected a text of one line, such as "the GPU is hot; look at its fans"';

const alsoUnits = z
  .array(unitName, { error: 'expected a list of unit names' })
  .min(1, { error: 'expected at least one unit; leave also out for none' })
  .max(16, { error: 'expected at most 16 units' })
  .refine((names) => new Set(names).size === names.length, { error: 'expected each unit once' });

const restart = z.strictObject(
  {
    also: alsoUnits
      .default([])
      .describe('Units that are restarted together with it, in the order of their dependencies.'),
    even_if_active: z
      .boolean({ error: 'expected true or false' })
      .default(false)
      .describe('true: restarted also while it is active, as one that leaks memory. Else that is refused.'),
  },
  asMap(
    'expected nothing after it, as in - restart alone, or a map such as restart: { also: [redis.service] }',
  ),
);

const nothing = z.null({ error: NOTHING });

const MAP = `expected an action, such as restart, or a map with one of ${KEYS.join(', ')}`;

const written = z.strictObject(
  {
    restart: restart.nullable().optional().describe('Forget its failure, and start it anew.'),
    start: nothing.optional().describe('Forget its failure, and start it.'),
    stop: nothing.optional().describe('Stop it.'),
    reload: nothing.optional().describe('Have it read its configuration again.'),
    reset_failed: nothing.optional().describe('Forget its failure; nothing is started.'),
    run: serviceName.optional().describe('Run this oneshot service to its end.'),
    throttle: throttle.optional().describe('Give it less, until the alert is over or the machine restarts.'),
    power_mode: z
      .strictObject(
        {
          unit: serviceName.describe('Oneshot service that sets the mode, such as one that calls nvpmodel.'),
          undo: serviceName.optional().describe('Run once the alert is over; left out: the mode stays.'),
        },
        asMap(
          'expected a map: write power_mode: { unit: nvpmodel-low.service, undo: nvpmodel-high.service }',
        ),
      )
      .optional()
      .describe('Change the power mode of the machine.'),
    notify: z
      .string({ error: MESSAGE })
      .min(1, { error: MESSAGE })
      .max(500, { error: 'expected at most 500 characters' })
      .refine((text) => !/\p{Cc}/u.test(text), { error: MESSAGE })
      .optional()
      .describe('Do nothing but tell, in the ledger, the log and the metrics.'),
    give_up: giveUp.nullable().optional().describe('Only as the last entry: what happens if nothing helped.'),
    // biome-ignore lint/suspicious/noThenProperty: a schema, and the language's own word
    then: z
      .enum(['restart', 'start'], { error: 'expected restart or start' })
      .optional()
      .describe('What to do with the unit of the alert after run.'),
    wait: duration
      .optional()
      .describe('How long the alert may go on AFTER this step before the next one is taken; 1m.'),
    only_if: conditions.optional(),
  },
  asMap(MAP),
);

type Written = z.output<typeof written>;

/** One entry as it is written: the name of an action, or a map with exactly one action in it. */
export const rung = z
  .preprocess(mapOf, written)
  .transform((given, context): Rung => {
    const fault = (message: string, key?: string) => {
      context.issues.push({ code: 'custom', message, input: given, path: key === undefined ? [] : [key] });
      return z.NEVER;
    };
    // A key that is not known may be what was meant for the action.
    if (context.issues.length > 0) return z.NEVER;
    const [key, second] = KEYS.filter((one) => given[one] !== undefined);
    if (key === undefined) return fault(`expected an action: one of ${KEYS.join(', ')}`);
    if (second !== undefined) return fault(`expected one action a step; there is ${key} already`, second);
    if (given.then !== undefined && key !== 'run')
      return fault('expected it beside run, and nowhere else', 'then');
    const step = stepOf(given);
    if (step !== undefined) return { kind: 'step', step };
    const stray = (['wait', 'only_if'] as const).find((one) => given[one] !== undefined);
    if (stray !== undefined) return fault('expected it beside an action; giving up is done at once', stray);
    return { kind: 'give_up', holdSeconds: given.give_up?.hold };
  })
  .meta({
    description: 'What is done: an action, or a map with one action, and wait and only_if beside it.',
    shortForm: { type: 'string', enum: SHORT },
  });

/** `restart` is short for `restart:` with nothing after it. */
function mapOf(entry: unknown): unknown {
  return SHORT.some((name) => name === entry) ? { [String(entry)]: null } : entry;
}

/** The step in an entry that has one action; undefined if that is to give up. */
function stepOf(given: Written): Step | undefined {
  const { restart, run, throttle: limits, power_mode: mode, notify } = given;
  const common = { waitSeconds: given.wait ?? USUAL_WAIT_SECONDS, onlyIf: given.only_if ?? [] };
  if (restart !== undefined) {
    const { also = [], even_if_active: evenIfActive = false } = restart ?? {};
    return { ...common, action: 'restart', also, evenIfActive };
  }
  if (run !== undefined) return { ...common, action: 'run', unit: run, followUp: given.then };
  if (limits !== undefined) return { ...common, action: 'throttle', limits };
  if (mode !== undefined) return { ...common, action: 'power_mode', unit: mode.unit, undo: mode.undo };
  if (notify !== undefined) return { ...common, action: 'notify', message: notify };
  const plain = PLAIN.find((action) => given[action] !== undefined);
  return plain === undefined ? undefined : { ...common, action: plain };
}
