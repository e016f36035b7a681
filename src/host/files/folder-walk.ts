import type { Dirent } from 'node:fs';
import { opendir, stat } from 'node:fs/promises';
import { Failure, messageOf } from '../../domain/errors.ts';
import type { GlobSegment, PathGlob } from '../../domain/path-glob.ts';

/** What was found below a folder. */
export type FolderWalk =
  | {
      readonly kind: 'walked';
      /** Plain files that fit. */
      readonly files: number;
      /** Of all of them. */
      readonly bytes: number;
      /** When the newest was written, in Unix seconds; undefined if there is none. */
      readonly newestSeconds: number | undefined;
      /** Names that fit nothing since they are no UTF-8. */
      readonly oddNames: number;
    }
  | { readonly kind: 'missing' }
  /** There is something of that name, but it is no folder. */
  | { readonly kind: 'other' }
  /** There is more than may be looked at; what was seen so far says nothing. */
  | { readonly kind: 'large' };

/** How far to go. */
export interface WalkLimits {
  /** Names that are looked at, in all folders together. */
  readonly entries: number;
  /** Folders within each other that `**` stands for. */
  readonly depth: number;
}

/** The walk has met its limit. */
const TOO_FAR = Symbol('too far');

/** What there is no more, or not behind a link: files come and go while one looks. */
const GONE: ReadonlySet<unknown> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);

/**
 * Looks for the plain files below a folder that fit a pattern.
 *
 * Links are followed to files, and to folders that the pattern names or tests; `**` follows none, so no walk goes in
 * circles. May hang in any step; ends with the signal. Throws Failure `unreadable`.
 */
export async function walkFolder(
  path: string,
  glob: PathGlob,
  limits: WalkLimits,
  signal: AbortSignal,
): Promise<FolderWalk> {
  const root = await statOf(path);
  if (root === undefined) return { kind: 'missing' };
  if (!root.isDirectory()) return { kind: 'other' };
  const walk = createWalk(glob, limits, signal);
  try {
    await walk.visit(path, 0, 0);
  } catch (thrown) {
    if (thrown === TOO_FAR) return { kind: 'large' };
    throw thrown;
  }
  return walk.found;
}

function createWalk(glob: PathGlob, limits: WalkLimits, signal: AbortSignal) {
  const found = {
    kind: 'walked' as const,
    files: 0,
    bytes: 0,
    newestSeconds: undefined as number | undefined,
    oddNames: 0,
  };
  let left = limits.entries;

  async function list(folder: string): Promise<readonly Dirent[]> {
    const entries: Dirent[] = [];
    try {
      for await (const entry of await opendir(folder, { bufferSize: 256 })) {
        signal.throwIfAborted();
        left -= 1;
        if (left < 0) throw TOO_FAR;
        if (entry.name.includes('\ufffd')) found.oddNames += 1;
        else entries.push(entry);
      }
    } catch (thrown) {
      if (thrown === TOO_FAR || signal.aborted) throw thrown;
      goneOrThrow(thrown, folder);
    }
    return entries;
  }

  async function look(path: string): Promise<void> {
    signal.throwIfAborted();
    const stats = await statOf(path);
    if (!stats?.isFile()) return;
    found.files += 1;
    found.bytes += stats.size;
    found.newestSeconds = Math.max(found.newestSeconds ?? 0, stats.mtimeMs / 1000);
  }

  /** Goes on with a name that fits the segment at `index`. */
  function step(path: string, index: number, depth: number): Promise<void> {
    return index === glob.length - 1 ? look(path) : visit(path, index + 1, depth);
  }

  async function forFitting(
    folder: string,
    segment: GlobSegment | undefined,
    index: number,
    depth: number,
    entries: readonly Dirent[],
  ): Promise<void> {
    if (segment?.kind === 'name') return step(`${folder}/${segment.name}`, index, depth);
    if (segment?.kind !== 'test') return;
    const isLast = index === glob.length - 1;
    for (const entry of entries) {
      const isOfKind = entry.isSymbolicLink() || (isLast ? entry.isFile() : entry.isDirectory());
      if (isOfKind && segment.fits(entry.name)) await step(`${folder}/${entry.name}`, index, depth);
    }
  }

  async function visit(folder: string, index: number, depth: number): Promise<void> {
    const segment = glob[index];
    if (segment?.kind !== 'any')
      return forFitting(folder, segment, index, depth, segment?.kind === 'test' ? await list(folder) : []);
    if (depth > limits.depth) throw TOO_FAR;
    const entries = await list(folder);
    await forFitting(folder, glob[index + 1], index + 1, depth, entries);
    for (const entry of entries) {
      if (entry.isDirectory() && !entry.name.startsWith('.'))
        await visit(`${folder}/${entry.name}`, index, depth + 1);
    }
  }

  return { found, visit };
}

async function statOf(path: string) {
  try {
    return await stat(path);
  } catch (thrown) {
    return goneOrThrow(thrown, path);
  }
}

function goneOrThrow(thrown: unknown, path: string): undefined {
  if (thrown instanceof Error && 'code' in thrown && GONE.has(thrown.code)) return undefined;
  throw new Failure('unreadable', `reading ${path}: ${messageOf(thrown)}`, { cause: thrown });
}
