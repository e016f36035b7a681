import { createHash } from 'node:crypto';
import { mkdir, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../domain/errors.ts';
import { replaceFile, writeFailure } from './files/replace-file.ts';

/** What was kept of a unit and its machine from right before a repair. */
export interface Evidence {
  /** JSON, indented for people. */
  readonly text: string;
  /** SHA-256 of exactly that text in UTF-8, in hexadecimal. */
  readonly hash: string;
}

/** Keeps evidence, each in a file of its own. */
export interface EvidenceStore {
  /**
   * Writes it and returns once it is on the disk. Throws Failure `refused` or `unwritable`, as where the disk is full;
   * then nothing must be repaired.
   */
  write(id: string, step: number, evidence: Evidence): Promise<void>;
}

/** What is kept at most. */
export interface EvidenceLimits {
  readonly files: number;
  readonly bytes: number;
}

const LIMITS: EvidenceLimits = { files: 500, bytes: 64 * 1024 * 1024 };

/** What may hold secrets that nobody could tell is for this user alone. */
const MODE = 0o600;

/** No path, and nothing hidden. */
const ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const OWN_FILE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}-\d{1,6}\.json$/;
const UNFINISHED = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}-\d{1,6}\.json\.next$/;

interface Kept {
  readonly name: string;
  readonly bytes: number;
  readonly modifiedMs: number;
}

/** The evidence of a text. */
export function evidenceOf(text: string): Evidence {
  return { text, hash: createHash('sha256').update(text, 'utf8').digest('hex') };
}

/**
 * Gives a store in a folder, which is made when it is needed, for this user alone. One process writes to it.
 *
 * The newest are kept, within the limits; others in the folder that are not its own are left alone.
 */
export function createEvidenceStore(folder: string, limits: EvidenceLimits = LIMITS): EvidenceStore {
  let kept: Kept[] | undefined;
  let last: Promise<unknown> = Promise.resolve();

  async function writeOne(name: string, text: string): Promise<void> {
    kept ??= await opened(folder);
    await replaceFile(join(folder, name), text, MODE);
    const bytes = Buffer.byteLength(text);
    kept = [...kept.filter((one) => one.name !== name), { name, bytes, modifiedMs: Date.now() }];
    kept = await pruned(folder, kept, limits);
  }

  return {
    write(id, step, { text }) {
      if (!ID.test(id))
        return Promise.reject(new Failure('refused', `${JSON.stringify(id)} cannot name evidence`));
      const done = last.then(() => writeOne(`${id}-${step}.json`, text));
      last = done.catch(() => undefined);
      return done;
    },
  };
}

/** Those that are there, oldest first; what a crash has left half-written is removed. */
async function opened(folder: string): Promise<Kept[]> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const names = await readdir(folder);
    for (const name of names.filter((one) => UNFINISHED.test(one))) await unlink(join(folder, name));
    const found = names.filter((name) => OWN_FILE.test(name)).map((name) => look(folder, name));
    return (await Promise.all(found)).flat().sort((a, b) => a.modifiedMs - b.modifiedMs);
  } catch (thrown) {
    throw writeFailure(folder, thrown);
  }
}

async function look(folder: string, name: string): Promise<readonly Kept[]> {
  const found = await stat(join(folder, name)).catch(() => undefined);
  return found?.isFile() ? [{ name, bytes: found.size, modifiedMs: found.mtimeMs }] : [];
}

/** Deletes the oldest until the others are within the limits, but never the newest. */
async function pruned(
  folder: string,
  kept: readonly Kept[],
  { files, bytes }: EvidenceLimits,
): Promise<Kept[]> {
  let first = 0;
  let total = kept.reduce((sum, one) => sum + one.bytes, 0);
  while (first < kept.length - 1 && (kept.length - first > files || total > bytes)) {
    total -= kept[first]?.bytes ?? 0;
    first += 1;
  }
  // One that cannot be deleted now is in the way of nothing: it is found again at the next start.
  for (const { name } of kept.slice(0, first)) await unlink(join(folder, name)).catch(() => undefined);
  return kept.slice(first);
}
