import { cpus, loadavg } from 'node:os';

/** What every kernel tells at once, without a program. */
export interface Load {
  /** Tasks that run or wait, as averages of one, five and fifteen minutes. */
  readonly averages: readonly number[];
  /** Milliseconds of each processor since the start, threads of a core included. */
  readonly processors: readonly Readonly<Record<'user' | 'nice' | 'sys' | 'idle' | 'irq', number>>[];
}

/** The load at this moment. */
export function readLoad(): Load {
  return { averages: loadavg(), processors: cpus().map(({ times }) => times) };
}
