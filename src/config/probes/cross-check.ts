import * as z from 'zod';
import type { PathProblem } from '../explain.ts';

/** Read so leniently that faults elsewhere hide none. */
const lenient = z.object({ probes: z.array(z.object({ name: z.unknown() }).catch({ name: undefined })) });

/** Names that two probes have, told at the second one. `raw` is the document as plain data. */
export function probeNameProblems(raw: unknown): readonly PathProblem[] {
  const read = lenient.safeParse(raw);
  if (!read.success) return [];
  const seen = new Set<unknown>();
  return read.data.probes.flatMap(({ name }, index) => {
    if (typeof name !== 'string' || !seen.has(name)) {
      seen.add(name);
      return [];
    }
    const message = `expected a name of its own; ${name} is taken by an earlier probe`;
    return [{ path: ['probes', index, 'name'], message }];
  });
}

/** What each probe says of itself, written out: by this it is seen whether one has changed. */
export function probeMarks(raw: unknown): readonly string[] {
  const read = z.object({ probes: z.array(z.unknown()) }).safeParse(raw);
  return read.success ? read.data.probes.map((probe) => JSON.stringify(probe)) : [];
}
