import { cpuSeconds, type UnitView } from './view.ts';

/** CPU time used per second (1 is one core) by the names of units; those without two readings are left out. */
export type CpuRatios = ReadonlyMap<string, number>;

/** A meter of CPU use between one call and the next; `elapsedMs` is of a clock that does not jump. */
export function createCpuMeter(): (views: readonly UnitView[], elapsedMs: number) => CpuRatios {
  let before: { readonly used: ReadonlyMap<string, number>; readonly elapsedMs: number } | undefined;

  return (views, elapsedMs) => {
    const used = new Map<string, number>();
    const ratios = new Map<string, number>();
    const passed = (elapsedMs - (before?.elapsedMs ?? elapsedMs)) / 1000;
    for (const view of views) {
      const seconds = cpuSeconds(view);
      if (seconds === undefined) continue;
      used.set(view.unit.name, seconds);
      const grown = seconds - (before?.used.get(view.unit.name) ?? Number.NaN);
      // Less than before: the unit was started anew, and counts from 0.
      if (passed > 0 && grown >= 0) ratios.set(view.unit.name, grown / passed);
    }
    before = { used, elapsedMs };
    return ratios;
  };
}
