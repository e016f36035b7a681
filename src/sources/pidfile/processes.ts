import { listFolder } from '../../host/files/files.ts';
import { type ProcessStat, readProcessStat } from '../../host/processes/process-stat.ts';

/** What is needed to look at all processes. */
export interface ProcessesOptions {
  readonly procfs: string;
  /** Milliseconds of a clock that never jumps. */
  readonly elapsedMs: () => number;
  /** Lets others have their turn, between slices of the work. */
  readonly yieldTurn: () => Promise<void>;
}

/** Looking goes on for so long between two turns of the event loop. */
const SLICE_MS = 2;

/** All processes that may be looked at, by pid. */
export async function readProcesses(
  { procfs, elapsedMs, yieldTurn }: ProcessesOptions,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, ProcessStat>> {
  const processes = new Map<number, ProcessStat>();
  let sliceMs = elapsedMs();
  for (const name of await listFolder(procfs)) {
    if (!/^\d+$/.test(name)) continue;
    if (elapsedMs() - sliceMs > SLICE_MS) {
      await yieldTurn();
      signal.throwIfAborted();
      sliceMs = elapsedMs();
    }
    const process = readProcessStat(procfs, Number(name));
    if (process !== undefined) processes.set(process.pid, process);
  }
  return processes;
}
