import * as z from 'zod';
import type { Limits } from '../../domain/throttle.ts';
import { asMap } from '../form.ts';
import { size } from '../probes/parts.ts';

const QUOTA = 'expected a share of one processor from 1% to 10000%, such as 50%; two processors are 200%';

const cpuQuota = z.string({ error: QUOTA }).transform((text, context) => {
  const percent = Number(/^(\d{1,5})%$/.exec(text)?.[1]);
  if (percent >= 1 && percent <= 10_000) return percent / 100;
  context.issues.push({ code: 'custom', message: QUOTA, input: text });
  return z.NEVER;
});

const SHARE =
  'expected a size such as 2GiB; a share of the memory is not offered, since it would be another size on each machine';

const SMALLEST_MEMORY = 1024 ** 2;

/** A size as systemd writes it, in the way that it is written here. */
function systemdSize(written: unknown): string | undefined {
  const [, amount, unit] = /^(\d+)([KMGT])$/.exec(String(written)) ?? [];
  return amount === undefined ? undefined : `${amount}${unit}iB`;
}

/** Not a union with the share, so that who writes one is told why there is none. */
const memoryHigh = z
  .unknown()
  .refine((written) => typeof written !== 'string' || !/%\s*$/.test(written), { error: SHARE, abort: true })
  .refine((written) => systemdSize(written) === undefined, {
    error: ({ input }) =>
      `expected a size such as 2GiB; ${String(input)} of systemd is ${systemdSize(input)} here`,
    abort: true,
  })
  .pipe(size)
  .refine((bytes) => bytes >= SMALLEST_MEMORY, {
    error: 'expected at least 1MiB; with less nothing can run',
  });

const WEIGHT = 'expected a whole number from 1 to 10000; 100 is the usual one';

const weight = z.int({ error: WEIGHT }).min(1, { error: WEIGHT }).max(10_000, { error: WEIGHT });

/** What a unit may have while it is throttled; at least one of them. */
export const throttle = z
  .strictObject(
    {
      CPUQuota: cpuQuota.optional().describe('Share of one processor, such as 50%; two processors are 200%.'),
      MemoryHigh: memoryHigh.optional().meta({
        description: 'Size such as 2GiB, above which memory is taken back from it and it is slowed down.',
        anyOf: [{ type: 'integer' }, { type: 'string' }],
      }),
      CPUWeight: weight
        .optional()
        .describe('Share among others who want the processor: 1 to 10000, usually 100.'),
      IOWeight: weight.optional().describe('Share among others who want the disk: 1 to 10000, usually 100.'),
    },
    asMap('expected a map, such as throttle: { CPUQuota: 50%, MemoryHigh: 2GiB }'),
  )
  .refine((given) => Object.values(given).some((value) => value !== undefined), {
    error: 'expected at least one of CPUQuota, MemoryHigh, CPUWeight and IOWeight',
    when: ({ issues }) => issues.length === 0,
  })
  .transform(
    (given): Limits => ({
      cpuQuota: given.CPUQuota,
      memoryHigh: given.MemoryHigh,
      cpuWeight: given.CPUWeight,
      ioWeight: given.IOWeight,
    }),
  );
