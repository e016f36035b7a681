import * as z from 'zod';
import { duration } from '../duration.ts';
import { asMap } from '../form.ts';

const NO_TIME = 'expected a duration of more than 0, such as 30s, 5m or 1h';

/** A duration that is not 0. */
export const someTime = duration.refine((seconds) => seconds > 0, { error: NO_TIME });

const FACTOR = 'expected a number from 1 up, such as 2';

/** How long a unit is left alone after a repair. */
export const cooldown = z
  .strictObject(
    {
      base: duration.optional().describe('After the first repair; 2m.'),
      factor: z
        .number({ error: FACTOR })
        .min(1, { error: FACTOR })
        .optional()
        .describe('So many times longer after each further repair; 2.'),
      max: duration.optional().describe('Never longer than this; 1h.'),
      reset_after: duration
        .optional()
        .describe('After this long without a repair, it begins at base again; 6h.'),
    },
    asMap('expected a map: write cooldown: { base: 5m }'),
  )
  .describe('How long a unit is left alone after a repair: 2m, twice as long each time, at most 1h.');

const PROBE = 'expected the name of one of the probes, such as comfyui-a';

/** When a repair counts as done. */
export const verify = z
  .strictObject(
    {
      for: duration.optional().describe('The unit must be active for so long without a new start; 30s.'),
      timeout: duration.optional().describe('All of it must be reached within this; 3m.'),
      probe: z.string({ error: PROBE }).optional().describe('Name of a probe that must succeed as well.'),
      gpu_memory_freed: z
        .boolean({ error: 'expected true or false' })
        .optional()
        .describe('Whether the memory that its old processes had on GPUs must be free; false.'),
    },
    asMap('expected a map: write verify: { for: 30s, timeout: 3m }'),
  )
  .describe('When a repair counts as done.');

/** How long a unit is left alone after others had a hand in it; 0s: not at all. */
export const blame = z
  .strictObject(
    {
      other_hands: duration
        .optional()
        .describe('After somebody else started or stopped the unit; 30m. 0s: no matter.'),
      packages: duration.optional().describe('After packages were installed, upgraded or removed; 10m.'),
      boot: duration.optional().describe('After the machine has started; 5m.'),
    },
    asMap('expected a map, such as blame: { other_hands: 30m, packages: 10m, boot: 5m }'),
  )
  .describe('How long a unit is left alone after somebody or something else had a hand in it.');

/** Seconds for which a policy leaves a unit alone once its ladder has come to its end in vain. */
export const giveUp = z
  .strictObject(
    {
      hold: someTime
        .optional()
        .describe('How long the unit is left alone then; 6h. Afterwards it gets one try.'),
    },
    asMap('expected a map: write give_up: { hold: 6h }'),
  )
  .describe('What happens if nothing has helped.');
