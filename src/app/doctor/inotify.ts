import { fail, ok, type Verdict, warn } from '../../domain/finding.ts';
import { readKernelFile } from '../../host/files/files.ts';

/** How many files may be watched, and whether one more can be. */
export interface InotifyEvidence {
  /** Of each user; undefined if the kernel does not say. */
  readonly maxWatches: number | undefined;
  readonly maxInstances: number | undefined;
  /** Why one more could not be had, as in `ENOSPC`. */
  readonly problem: string | undefined;
}

/** Reads the limits. */
export function readInotifyLimits(procfs: string): Omit<InotifyEvidence, 'problem'> {
  const limit = (name: string) => {
    const text = readKernelFile(`${procfs}/sys/fs/inotify/${name}`)?.trim() ?? '';
    return /^\d+$/.test(text) ? Number(text) : undefined;
  };
  return { maxWatches: limit('max_user_watches'), maxInstances: limit('max_user_instances') };
}

/** What Linux had for everybody before 5.11; today it goes by the memory. */
const FEW_WATCHES = 8192;

const MEND =
  'Raise the limits: sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=1024, and into a file of /etc/sysctl.d; without watches journalctl --follow falls silent';

/** Whether files, and above all the journal, can be followed. */
export function inotifyVerdict({ maxWatches, maxInstances, problem }: InotifyEvidence): Verdict {
  if (problem !== undefined) return fail(`no file more can be watched (${problem})`, MEND);
  const told =
    maxWatches === undefined || maxInstances === undefined
      ? 'files can be watched'
      : `up to ${maxWatches} files can be watched, in ${maxInstances} instances`;
  return maxWatches !== undefined && maxWatches < FEW_WATCHES ? warn(told, MEND) : ok(told);
}
