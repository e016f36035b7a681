import { messageOf } from '../../domain/errors.ts';
import { ok, type Verdict, warn } from '../../domain/finding.ts';
import type { Kmsg } from '../../host/kmsg.ts';
import type { Program } from '../../host/programs/program.ts';

/** Whether something could be read, or why not. */
export type Readable = { readonly problem: string | undefined };

/** Reads a record of the kernel's log. */
export function tryKmsg(openKmsg: () => Kmsg): Readable {
  try {
    const kmsg = openKmsg();
    try {
      kmsg.read();
    } finally {
      kmsg.close();
    }
    return { problem: undefined };
  } catch (thrown) {
    return { problem: messageOf(thrown) };
  }
}

/** Reads the last entry of the journal: of the kernel, or of the services of the system. */
export async function tryJournal(
  journalctl: Program,
  part: 'kernel' | 'system',
  signal: AbortSignal,
): Promise<Readable> {
  // Without `--system` those who may not read it see their own entries.
  const which = part === 'kernel' ? '--dmesg' : '--system';
  try {
    const words = [which, '--lines=1', '--quiet', '--no-pager', '--output=json'];
    const { stdout, stderr } = await journalctl(words, signal);
    if (stdout.trimStart().startsWith('{')) return { problem: undefined };
    return { problem: stderr.trim().split('\n')[0] || 'it shows no entry' };
  } catch (thrown) {
    return { problem: messageOf(thrown) };
  }
}

/** Whether fettle learns what the kernel says. */
export function kernelLogVerdict(kmsg: Readable, journal: Readable | undefined): Verdict {
  if (kmsg.problem === undefined) return ok('/dev/kmsg can be read');
  if (journal !== undefined && journal.problem === undefined) {
    return ok(`the journal tells it (${kmsg.problem})`);
  }
  return warn(
    `it cannot be read (${kmsg.problem}; journalctl: ${journal?.problem ?? 'not asked'})`,
    'Give fettle CAP_SYSLOG, or put its user into the group systemd-journal, and /dev/kmsg into its container; else Xids and OOM kills are not told, and with an NVIDIA GPU every start is refused (xid-gate)',
  );
}

/** Whether this user may see what services write. */
export function journalVerdict({ problem }: Readable): Verdict {
  if (problem === undefined) return ok('entries of the system can be read');
  return warn(
    `entries of the system cannot be read: ${problem}`,
    'Put the user of fettle into the group systemd-journal, and see whether systemd-journald runs',
  );
}
