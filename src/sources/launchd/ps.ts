import type { ProcessUsage } from '../../domain/launchd.ts';
import type { Program } from '../../host/programs/program.ts';

/** Gives what processes use; those that are no more are left out. */
export type UsageReader = (
  pids: readonly number[],
  signal: AbortSignal,
) => Promise<ReadonlyMap<number, ProcessUsage>>;

/** Gives a reader that runs `ps` once for all processes. Throws Failure as `Program` does. */
export function createPsReader(ps: Program, nowSeconds: () => number): UsageReader {
  return async (pids, signal) => {
    if (pids.length === 0) return new Map();
    // It ends with 1 if one of them is no more, and tells the others all the same.
    const { stdout } = await ps(['-o', 'pid=,rss=,time=,etime=', '-p', pids.join(',')], signal);
    return parsePs(stdout, nowSeconds());
  };
}

/** Lines of pid, resident KiB, CPU time and time since the start. A line that is none is left out. */
export function parsePs(text: string, nowSeconds: number): ReadonlyMap<number, ProcessUsage> {
  const usages = new Map<number, ProcessUsage>();
  for (const line of text.split('\n')) {
    const [, pid, kilobytes, time = '', elapsed = ''] =
      /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\S+)\s*$/.exec(line) ?? [];
    const cpuSeconds = parsePsTime(time);
    const age = parsePsTime(elapsed);
    if (cpuSeconds === undefined || age === undefined) continue;
    const usage = {
      cpuSeconds,
      memoryBytes: Number(kilobytes) * 1024,
      startSeconds: Math.round(nowSeconds - age),
    };
    usages.set(Number(pid), usage);
  }
  return usages;
}

/** Seconds of a time as ps writes it: `[[days-]hours:]minutes:seconds[.hundredths]`; minutes may be many on macOS. */
export function parsePsTime(text: string): number | undefined {
  const [, days = 0, hours = 0, minutes, seconds] =
    /^(?:(\d+)-)?(?:(\d+):)?(\d+):(\d{2}(?:[.,]\d+)?)$/.exec(text) ?? [];
  if (minutes === undefined || seconds === undefined) return undefined;
  return (
    Number(days) * 86_400 + Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds.replace(',', '.'))
  );
}
