import type { UnitOf } from './gpu-units.ts';
import type { ProcessUnit } from './unit-of-cgroup.ts';

/** How work that takes long lets others have their turn. */
export interface Turns {
  /** Milliseconds of a clock that never jumps. */
  readonly elapsedMs: () => number;
  readonly yieldTurn: () => Promise<void>;
}

/** Looking goes on for so long between two turns of the event loop. */
const SLICE_MS = 2;

/** Asks for the units of processes, each once, in slices; gives what came of it. */
export async function lookUpUnits(pids: Iterable<number>, unitOf: UnitOf, turns: Turns): Promise<UnitOf> {
  const units = new Map<number, ProcessUnit | undefined>();
  let sliceMs = turns.elapsedMs();
  for (const pid of new Set(pids)) {
    if (turns.elapsedMs() - sliceMs > SLICE_MS) {
      await turns.yieldTurn();
      sliceMs = turns.elapsedMs();
    }
    units.set(pid, unitOf(pid));
  }
  return (pid) => units.get(pid);
}
