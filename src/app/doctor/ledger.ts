import { messageOf } from '../../domain/errors.ts';
import { fail, ok, type Verdict, warn } from '../../domain/finding.ts';
import { type FileAccess, fileAccess } from '../../host/files/file-access.ts';
import { isLocked } from '../../host/files/file-lock.ts';
import { readLog } from '../../host/files/log-files.ts';
import type { Outcome } from '../../host/slow/outcome.ts';
import type { FileSystemSizes } from '../../host/slow/slow-files.ts';
import { walkLedger } from '../../remediator/ledger-walk.ts';

/** How it is about the ledger. */
export interface LedgerEvidence {
  readonly path: string;
  readonly access: FileAccess;
  readonly locked: boolean;
  /** Why it cannot be believed; undefined if it can, or there is none yet. */
  readonly problem: string | undefined;
}

/** Looks at the ledger without changing it. May hang. */
export async function readLedgerEvidence(path: string): Promise<LedgerEvidence> {
  const access = await fileAccess(path);
  const isOpen = access.exists && access.problem === undefined;
  const locked = isOpen && (await isLocked(path).catch(() => false));
  return { path, access, locked, problem: isOpen ? await disbelief(path) : undefined };
}

async function disbelief(path: string): Promise<string | undefined> {
  try {
    await walkLedger(readLog(path), () => undefined);
    return undefined;
  } catch (thrown) {
    return messageOf(thrown);
  }
}

/** Whether repairs can be written down; `runs` says whether a fettle has the port of the remediator. */
export function ledgerVerdict({ path, access, locked, problem }: LedgerEvidence, runs: boolean): Verdict {
  if (access.problem !== undefined) {
    return fail(
      `${access.exists ? path : access.folder} cannot be written to (${access.problem})`,
      'Let the user of fettle write there, or name another file in remediator.ledger; else nothing is repaired',
    );
  }
  if (problem !== undefined) {
    // The problem itself says what a new ledger costs.
    return fail(problem, 'Find out who has changed it: fettle audit verify; only then begin a new one');
  }
  if (locked && !runs) {
    return warn(
      `another fettle has ${path}, and it is not at the port of this configuration`,
      'End that one, or give each its own remediator.ledger; the second to come repairs nothing',
    );
  }
  if (locked) return ok(`${path} is in use by the fettle that runs`);
  return ok(access.exists ? `${path} can be written to` : `${path} can be made when it is needed`);
}

const MEBIBYTE = 1024 ** 2;
const LITTLE_BYTES = 100 * MEBIBYTE;

/** A repair is some 2 KiB in the ledger. */
const NOTHING_BYTES = MEBIBYTE;

/** Whether the ledger has room to grow. */
export function roomVerdict(folder: string, sizes: Outcome<FileSystemSizes>): Verdict {
  if ('error' in sizes) {
    const mend = 'See whether that file system answers: stat --file-system on that folder';
    return fail(`room at ${folder} is not known (${sizes.error})`, mend);
  }
  const { availableBlocks, blockBytes, inodes, freeInodes } = sizes.value;
  const bytes = availableBlocks * blockBytes;
  const told = `${Math.floor(bytes / MEBIBYTE)} MiB are free at ${folder}`;
  const mend = 'Make room on that file system; without it nothing is written down, and nothing repaired';
  if (bytes < NOTHING_BYTES) return fail(told, mend);
  if (inodes > 0 && freeInodes === 0) return fail(`no inodes are free at ${folder}`, mend);
  return bytes < LITTLE_BYTES ? warn(told, mend) : ok(told);
}
