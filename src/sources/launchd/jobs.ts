import { isLaunchdLabel, type LaunchdJob, type LaunchdJobReading } from '../../domain/launchd.ts';
import type { Launchctl } from '../../host/launchctl/client.ts';
import type { ListedJob } from '../../host/launchctl/list.ts';
import { isDeaf, type Questions } from './questions.ts';

/** A job before it is known what it uses. */
export type Job = LaunchdJob & Pick<LaunchdJobReading, 'enabled'>;

/**
 * Gives the jobs of a list as launchd prints them, but no more than `room`. Of the others, of odd labels, and of those
 * that launchd does not print, only what the list says is told. What was unloaded meanwhile is left out.
 */
export function createJobReader(launchctl: Launchctl, { ask }: Questions) {
  return async (
    domain: string,
    listed: readonly ListedJob[],
    room: number,
    signal: AbortSignal,
  ): Promise<readonly Job[]> => {
    if (listed.length === 0) return [];
    const disabled = await ask('print-disabled', launchctl.enabled(domain, signal), signal);
    const enabled = 'value' in disabled ? disabled.value : undefined;
    let left = isDeaf(disabled) ? 0 : room;

    async function jobOf(row: ListedJob): Promise<LaunchdJob | undefined> {
      if (left === 0 || !isLaunchdLabel(row.label)) return listedJob(domain, row);
      left -= 1;
      const printed = await ask('print', launchctl.print(domain, row.label, signal), signal);
      if ('value' in printed) return printed.value;
      if (isDeaf(printed)) left = 0;
      return listedJob(domain, row);
    }

    const jobs: Job[] = [];
    for (const row of listed) {
      const job = await jobOf(row);
      if (job !== undefined) jobs.push({ ...job, enabled: enabled && (enabled.get(job.label) ?? true) });
    }
    return jobs;
  };
}

/** What a list says of a job: whether it runs, and how it failed last. */
function listedJob(domain: string, { label, pid, lastExitCode, lastSignal }: ListedJob): LaunchdJob {
  return {
    domain,
    label,
    state: pid === undefined ? undefined : 'running',
    jobState: undefined,
    pid,
    runs: undefined,
    lastExitCode,
    lastSignal,
    program: undefined,
    plist: undefined,
    isOnDemand: undefined,
  };
}
