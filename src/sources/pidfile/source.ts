import type { Clock } from '../../domain/clock.ts';
import type { CommonUnitReading } from '../../domain/common-unit.ts';
import type { DaemonReading, DaemonSpec, DaemonUsage } from '../../domain/daemon.ts';
import { createDaemonLook, type DaemonLook } from '../../host/processes/daemon.ts';
import { type FoundProcess, isSame } from '../../host/processes/pid-file.ts';
import type { ProcessStat } from '../../host/processes/process-stat.ts';
import { readProcesses } from './processes.ts';
import { daemonTree } from './tree.ts';
import { cgroupUsage, ownCgroup, treeUsage, type UsageOptions } from './usage.ts';

/** What is needed to read daemons. */
export interface DaemonReaderOptions extends UsageOptions {
  readonly daemons: readonly DaemonSpec[];
  readonly clock: Pick<Clock, 'now' | 'elapsedMs'>;
  readonly yieldTurn: () => Promise<void>;
}

/** Reads all daemons of the configuration. Throws Failure `unreadable` where there is no procfs. */
export type DaemonReader = (signal: AbortSignal) => Promise<readonly DaemonReading[]>;

/** One run of a daemon, as long as it lasts. */
interface KnownRun {
  readonly process: FoundProcess;
  /** Decided once, so that its CPU time is never that of something else. */
  readonly cgroup: string | undefined;
  /** The most that has been seen. */
  readonly cpuSeconds: number | undefined;
  readonly restarts: number;
}

/** Gives a reader that remembers the run of each daemon, to count those that follow. */
export function createDaemonReader(options: DaemonReaderOptions): DaemonReader {
  const { daemons, procfs, clock, yieldTurn } = options;
  const runs = new Map<string, KnownRun>();
  const lookAt = createDaemonLook(procfs);

  function readingOf({ name }: DaemonSpec, look: DaemonLook, all: Processes): DaemonReading {
    const { state, process, status } = look;
    const before = runs.get(name);
    const bare = { name, state, status, restarts: before?.restarts ?? 0 };
    if (process === undefined) return { ...bare, startSeconds: undefined, usage: undefined };
    const tree = daemonTree(process, all);
    const run = continued(before, process) ?? begun(before, process, tree);
    const usage = neverLess(usageOf(run, tree), run.cpuSeconds);
    runs.set(name, { ...run, cpuSeconds: usage.cpuSeconds ?? run.cpuSeconds });
    return { ...bare, restarts: run.restarts, startSeconds: run.process.startSeconds, usage };
  }

  function begun(
    before: KnownRun | undefined,
    process: FoundProcess,
    tree: readonly ProcessStat[],
  ): KnownRun {
    const restarts = before === undefined ? 0 : before.restarts + 1;
    return { process, cgroup: ownCgroup(options, process, tree), cpuSeconds: undefined, restarts };
  }

  function usageOf({ cgroup }: KnownRun, tree: readonly ProcessStat[]): DaemonUsage {
    return cgroup === undefined ? treeUsage(procfs, tree) : cgroupUsage(cgroup, tree);
  }

  return async (signal) => {
    const nowSeconds = clock.now().getTime() / 1000;
    const looks = await Promise.all(
      daemons.map(async (daemon) => [daemon, await lookAt(daemon, nowSeconds)] as const),
    );
    const isAnyUp = looks.some(([, { process }]) => process !== undefined);
    const all: Processes = isAnyUp
      ? await readProcesses({ procfs, elapsedMs: clock.elapsedMs, yieldTurn }, signal)
      : new Map();
    return looks.map(([daemon, look]) => readingOf(daemon, look, all));
  };
}

type Processes = ReadonlyMap<number, ProcessStat>;

/** The same run as before; the time of its start, which the kernel tells in whole seconds, stays as it was. */
function continued(before: KnownRun | undefined, process: FoundProcess): KnownRun | undefined {
  return before !== undefined && isSame(before.process, process) ? before : undefined;
}

/** CPU time is lost with a child that nobody has waited for; a counter must not go back. */
function neverLess(usage: DaemonUsage, before: number | undefined): DaemonUsage {
  if (usage.cpuSeconds === undefined || before === undefined) return usage;
  return { ...usage, cpuSeconds: Math.max(usage.cpuSeconds, before) };
}

/** What daemons have in common with the units of other managers; those that cannot be believed are left out. */
export function commonDaemons(readings: readonly DaemonReading[]): readonly CommonUnitReading[] {
  return readings
    .filter(({ state }) => state !== 'unknown')
    .map(({ name, state, restarts, usage, startSeconds }) => ({
      manager: 'pidfile',
      name,
      up: state === 'active',
      restarts,
      memoryBytes: usage?.memoryBytes,
      cpuSeconds: usage?.cpuSeconds,
      startSeconds,
    }));
}
