import * as z from 'zod';
import type { PathProblem } from './explain.ts';
import { remediatorProblems } from './remediator/cross-check.ts';

/** The few settings that depend on each other, read so leniently that faults elsewhere do not hide them. */
const withNvidia = z.object({
  exporter: z.object({
    gpu: z.object({ nvidia: z.object({ reader: z.unknown(), mode: z.unknown() }) }),
  }),
});

/** What is wrong between settings that may be right on their own. `raw` is the document as plain data. */
export function crossProblems(raw: unknown): readonly PathProblem[] {
  return [...nvidiaProblems(raw), ...remediatorProblems(raw)];
}

function nvidiaProblems(raw: unknown): readonly PathProblem[] {
  const read = withNvidia.safeParse(raw);
  if (!read.success) return [];
  const { reader, mode } = read.data.exporter.gpu.nvidia;
  if (reader !== 'node-nvidia-smi' || mode !== 'stream') return [];
  const message = 'expected spawn: the reader node-nvidia-smi knows no stream; the reader nvidia-smi does';
  return [{ path: ['exporter', 'gpu', 'nvidia', 'mode'], message }];
}
