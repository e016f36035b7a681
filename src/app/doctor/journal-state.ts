import { ok, type Verdict, warn } from '../../domain/finding.ts';
import type { FileAccess } from '../../host/files/file-access.ts';
import type { Outcome } from '../../host/slow/outcome.ts';
import type { FileSystemSizes } from '../../host/slow/slow-files.ts';

const MEND =
  'Let the user of fettle write there, on a file system with room, or set STATE_DIRECTORY to another folder (StateDirectory= in its unit); else a restart counts on only from the end of the journal';

/** As much as the counts of 500 units and 32 patterns may take, twice. */
const NEEDED_BYTES = 4 * 1024 ** 2;

/** Whether what is counted in the journal lasts beyond a restart. A file system without a size, as procfs, keeps nothing. */
export function journalStateVerdict(
  path: string,
  { exists, folder, problem }: FileAccess,
  sizes: Outcome<FileSystemSizes>,
): Verdict {
  if (problem !== undefined) return warn(`${exists ? path : folder} cannot be written to (${problem})`, MEND);
  if ('error' in sizes) return warn(`room at ${folder} is not known (${sizes.error})`, MEND);
  const { blockBytes, availableBlocks, inodes, freeInodes } = sizes.value;
  const isFull = availableBlocks * blockBytes < NEEDED_BYTES || (inodes > 0 && freeInodes === 0);
  if (isFull) return warn(`there is no room for ${path} at ${folder}`, MEND);
  return ok(exists ? `${path} can be written to` : `${path} can be made when it is needed`);
}
