import { type PathGlob, parsePathGlob } from '../../domain/path-glob.ts';
import { ProbeFault } from '../../domain/probes/fault.ts';
import type { DirectorySettings } from '../../domain/probes/files.ts';
import { type FolderWalk, walkFolder } from '../../host/files/folder-walk.ts';
import { type Room, roomAt } from '../../host/files/look-at.ts';
import { createKernelQuestion } from '../../host/slow/kernel-question.ts';
import type { Ask, Findings } from './asking.ts';
import type { FileDeps } from './file.ts';
import { answerOf } from './file-answer.ts';
import { judgeFolder, judgeSpace } from './judge-file.ts';

const LIMITS = { entries: 10_000, depth: 16 } as const;

/** What the kernel tells of a folder. */
interface Answer {
  readonly walk: FolderWalk;
  /** Undefined if nobody wants to know, or there is no such folder. */
  readonly room: Room | undefined;
}

/** Asks whether the files of a folder are as they should be, and whether there is room for more. */
export function askDirectory(settings: DirectorySettings, { placesOf, nowSeconds }: FileDeps): Ask {
  const { path, minFree } = settings;
  const glob = globOf(settings.glob);
  const look = createKernelQuestion<Answer>(path, async (signal) => {
    const walk = await walkFolder(path, glob, LIMITS, signal);
    const isThere = walk.kind === 'walked' || walk.kind === 'large';
    return { walk, room: isThere && minFree !== undefined ? await roomAt(path) : undefined };
  });

  return async (signal, found) => {
    const { walk, room } = await answerOf(look(placesOf(path), signal), path, found);
    if (room !== undefined) found.freeBytes = room.freeBytes;
    if (walk.kind === 'walked') tell(walk, found);
    if (room !== undefined && minFree !== undefined) judgeSpace(path, minFree, room);
    judgeFolder(settings, walkedOrFault(walk, path), nowSeconds());
  };
}

type Walked = Extract<FolderWalk, { readonly kind: 'walked' }>;

function tell({ files, bytes, newestSeconds, oddNames }: Walked, found: Findings): void {
  found.files = files;
  found.sizeBytes = bytes;
  if (newestSeconds !== undefined) found.modifiedSeconds = newestSeconds;
  if (oddNames > 0) found.notes.push(`${oddNames} names that are no UTF-8 were left out.`);
}

function walkedOrFault(walk: FolderWalk, path: string): Walked {
  switch (walk.kind) {
    case 'walked':
      return walk;
    case 'missing':
      throw new ProbeFault('missing', `there is no folder ${path}`);
    case 'other':
      throw new ProbeFault('missing', `what is at ${path} is no folder; for a file there are file probes`);
    case 'large':
      throw new ProbeFault(
        'too_large',
        `there are more than ${LIMITS.entries} names to look at below ${path}, or folders more than ` +
          `${LIMITS.depth} deep; name a smaller folder or a narrower pattern`,
      );
  }
}

function globOf(text: string): PathGlob {
  const glob = parsePathGlob(text);
  if (typeof glob === 'string') throw new Error(`${text}: ${glob}`);
  return glob;
}
