import type { CommonUnitReading } from '../../domain/common-unit.ts';
import { Failure } from '../../domain/errors.ts';
import {
  isLaunchdLabel,
  type LaunchdJob,
  type LaunchdJobReading,
  type LaunchdReading,
  type ProcessUsage,
} from '../../domain/launchd.ts';
import type { Launchctl } from '../../host/launchctl/client.ts';
import type { ListedJob } from '../../host/launchctl/list.ts';
import type { UsageReader } from './ps.ts';

/** What is needed to read jobs. */
export interface LaunchdReaderOptions {
  readonly launchctl: Launchctl;
  readonly readUsage: UsageReader;
  readonly domains: readonly string[];
  /** Whether a job is wanted, by its label. */
  readonly includes: (label: string) => boolean;
}

/** Reads the jobs of all domains, one launchctl after the other. Throws Failure if it does not do its work. */
export type LaunchdReader = (signal: AbortSignal) => Promise<LaunchdReading>;

/** launchctl takes some 15 ms for each job, so these take some 4 s; of more only what the list says is told. */
const MOST_PRINTED = 256;

/** Two readings of a start differ by what ps rounds away. */
const SAME_START_SECONDS = 3;

/** Gives a reader that remembers when processes were started. */
export function createLaunchdReader(options: LaunchdReaderOptions): LaunchdReader {
  const { launchctl, readUsage, domains, includes } = options;
  let starts: ReadonlyMap<number, number> = new Map();

  /** The jobs of a domain that are wanted; undefined if it is not there. */
  async function readDomain(domain: string, room: number, signal: AbortSignal): Promise<Jobs | undefined> {
    const listed = await launchctl.list(domain, signal);
    if (listed === undefined) return undefined;
    const enabled = await launchctl.enabled(domain, signal).catch(unlessStopped(signal));
    const jobs: (LaunchdJob & Pick<LaunchdJobReading, 'enabled'>)[] = [];
    for (const row of listed.filter(({ label }) => includes(label))) {
      const job =
        jobs.length < room && isLaunchdLabel(row.label)
          ? await launchctl.print(domain, row.label, signal)
          : jobOf(domain, row);
      // Unloaded between the list and now: it is no more.
      if (job !== undefined) jobs.push({ ...job, enabled: enabled && (enabled.get(job.label) ?? true) });
    }
    return jobs;
  }

  async function withUsage(jobs: Jobs, signal: AbortSignal): Promise<readonly LaunchdJobReading[]> {
    const pids = jobs.flatMap(({ pid }) => pid ?? []);
    const usages = await readUsage(pids, signal);
    const before = starts;
    starts = new Map(
      [...usages].map(([pid, { startSeconds }]) => [pid, sameStart(before.get(pid), startSeconds)]),
    );
    const usageOf = (pid: number | undefined): ProcessUsage | undefined => {
      const usage = pid === undefined ? undefined : usages.get(pid);
      return usage && { ...usage, startSeconds: starts.get(pid ?? 0) ?? usage.startSeconds };
    };
    return jobs.map((job) => ({ ...job, usage: usageOf(job.pid) }));
  }

  return async (signal) => {
    const found = new Map<string, boolean>();
    const jobs: Jobs[number][] = [];
    for (const domain of domains) {
      const own = await readDomain(domain, MOST_PRINTED - jobs.length, signal);
      found.set(domain, own !== undefined);
      jobs.push(...(own ?? []));
    }
    return { domains: found, jobs: await withUsage(jobs, signal) };
  };
}

type Jobs = readonly (LaunchdJob & Pick<LaunchdJobReading, 'enabled'>)[];

/** A version of launchctl that cannot tell what is disabled costs that alone. */
function unlessStopped(signal: AbortSignal) {
  return (thrown: unknown): undefined => {
    signal.throwIfAborted();
    if (!(thrown instanceof Failure) || thrown.code === 'timeout') throw thrown;
  };
}

/** What a list says of a job: whether it runs, and how it failed last. */
function jobOf(domain: string, { label, pid, lastExitCode, lastSignal }: ListedJob): LaunchdJob {
  const unknown = { jobState: undefined, runs: undefined, program: undefined, plist: undefined };
  return { ...unknown, domain, label, state: pid ? 'running' : undefined, pid, lastExitCode, lastSignal };
}

function sameStart(before: number | undefined, now: number): number {
  return before !== undefined && Math.abs(before - now) <= SAME_START_SECONDS ? before : now;
}

/** What jobs have in common with the units of other managers. */
export function commonJobs({ jobs }: LaunchdReading): readonly CommonUnitReading[] {
  return jobs.map(({ domain, label, state, runs, usage }) => ({
    manager: 'launchd',
    name: `${domain}/${label}`,
    up: state === 'running',
    restarts: runs === undefined ? undefined : Math.max(0, runs - 1),
    memoryBytes: usage?.memoryBytes,
    cpuSeconds: usage?.cpuSeconds,
    startSeconds: usage?.startSeconds,
  }));
}
