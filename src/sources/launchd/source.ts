import type { CommonUnitReading } from '../../domain/common-unit.ts';
import type { Failure } from '../../domain/errors.ts';
import type { LaunchdJobReading, LaunchdReading, ProcessUsage } from '../../domain/launchd.ts';
import type { Launchctl } from '../../host/launchctl/client.ts';
import { createJobReader, type Job } from './jobs.ts';
import type { UsageReader } from './ps.ts';
import { createQuestions, isDeaf } from './questions.ts';

/** What is needed to read jobs. */
export interface LaunchdReaderOptions {
  readonly launchctl: Launchctl;
  readonly readUsage: UsageReader;
  readonly domains: readonly string[];
  /** Whether a job is wanted, by its label. */
  readonly includes: (label: string) => boolean;
}

/**
 * Reads the jobs of all domains, one launchctl after the other. What is not answered costs what it would have told, and
 * is counted. Throws Failure if no domain can be listed, or launchctl does not answer at all.
 */
export type LaunchdReader = (signal: AbortSignal) => Promise<LaunchdReading>;

/** launchctl takes some 15 ms for each job, so these take some 4 s; of more only what the list says is told. */
const MOST_PRINTED = 256;

/** Two readings of a start differ by what ps rounds away. */
const SAME_START_SECONDS = 3;

/** Gives a reader that remembers when processes were started, and counts what has failed. */
export function createLaunchdReader(options: LaunchdReaderOptions): LaunchdReader {
  const { launchctl, readUsage, domains, includes } = options;
  let starts: ReadonlyMap<number, number> = new Map();
  const questions = createQuestions();
  const readJobs = createJobReader(launchctl, questions);

  async function withUsage(jobs: readonly Job[], signal: AbortSignal): Promise<readonly LaunchdJobReading[]> {
    const pids = jobs.flatMap(({ pid }) => pid ?? []);
    const answer = await questions.ask('ps', readUsage(pids, signal), signal);
    if ('failure' in answer) return jobs.map((job) => ({ ...job, usage: undefined }));
    const usages = answer.value;
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
    const jobs: Job[] = [];
    let refusal: Failure | undefined;
    for (const domain of domains) {
      const answer = await questions.ask('list', launchctl.list(domain, signal), signal);
      if ('failure' in answer) {
        if (isDeaf(answer)) throw answer.failure;
        refusal = answer.failure;
        continue;
      }
      const listed = answer.value;
      found.set(domain, listed !== undefined);
      const wanted = listed?.filter(({ label }) => includes(label)) ?? [];
      jobs.push(...(await readJobs(domain, wanted, Math.max(0, MOST_PRINTED - jobs.length), signal)));
    }
    if (found.size === 0 && refusal !== undefined) throw refusal;
    return { domains: found, jobs: await withUsage(jobs, signal), failures: questions.failures() };
  };
}

function sameStart(before: number | undefined, now: number): number {
  return before !== undefined && Math.abs(before - now) <= SAME_START_SECONDS ? before : now;
}

/** What jobs have in common with the units of other managers. */
export function commonJobs({ jobs }: LaunchdReading): readonly CommonUnitReading[] {
  return jobs.map(({ domain, label, state, isOnDemand, runs, usage }) => ({
    manager: 'launchd',
    name: `${domain}/${label}`,
    up: state === 'running' || (isOnDemand === false ? false : undefined),
    // Each run of a job that comes and goes begins with a start.
    restarts: runs === undefined || isOnDemand !== false ? undefined : Math.max(0, runs - 1),
    memoryBytes: usage?.memoryBytes,
    cpuSeconds: usage?.cpuSeconds,
    startSeconds: usage?.startSeconds,
  }));
}
