import { mkdir, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Known, Pause } from '../domain/circumstances.ts';
import { messageOf } from '../domain/errors.ts';
import { replaceFile, syncFolder, writeFailure } from './files/replace-file.ts';
import { readSmallFile } from './files/small-file.ts';

/** A reason of some sentences fits. */
const LARGEST_BYTES = 16 * 1024;

/** Whoever runs the remediator reads what root has written. */
const MODE = 0o644;

const MEND = 'write it anew with fettle pause, or end the pause with fettle resume';

/** Where the pause is kept: beside the ledger. */
export function pausePath(ledger: string): string {
  return `${dirname(ledger)}/pause.json`;
}

/**
 * The pause that is in force now; undefined: none, or its time is over.
 *
 * What cannot be read or is no pause of ours is not known, and so no reason to go on. Never throws.
 */
export async function readPause(path: string, now: Date): Promise<Known<Pause | undefined>> {
  try {
    const file = await readSmallFile(path, LARGEST_BYTES);
    if (file === undefined) return { known: true, value: undefined };
    const pause = parsePause(file.bytes.toString('utf8'));
    if (pause === undefined) return { known: false, why: `${path} is no pause that fettle wrote: ${MEND}` };
    const isOver = pause.until !== undefined && pause.until <= now;
    return { known: true, value: isOver ? undefined : pause };
  } catch (thrown) {
    return { known: false, why: `whether there is a pause: ${messageOf(thrown)}` };
  }
}

/** Pauses, in the place of a pause that there may be. Throws Failure `refused` or `unwritable`. */
export async function writePause(path: string, pause: Pause): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((thrown: unknown) => {
    throw writeFailure(folder, thrown);
  });
  const { since, until, reason, by } = pause;
  const written = { v: 1, since: since.toISOString(), until: until?.toISOString() ?? null, reason, by };
  await replaceFile(path, `${JSON.stringify(written, undefined, 2)}\n`, MODE);
}

/** Ends the pause, whatever the file holds; tells whether there was a file. Throws as `writePause`. */
export async function removePause(path: string): Promise<boolean> {
  try {
    await unlink(path);
    await syncFolder(dirname(path));
    return true;
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw writeFailure(path, thrown);
  }
}

function parsePause(text: string): Pause | undefined {
  const written = jsonObject(text);
  if (written === undefined || written['v'] !== 1) return undefined;
  const { since, until, reason, by } = written;
  const begun = dateOf(since);
  const end = until === null ? undefined : dateOf(until);
  if (begun === undefined || (until !== null && end === undefined)) return undefined;
  if (typeof reason !== 'string' || typeof by !== 'string') return undefined;
  return { since: begun, until: end, reason, by };
}

function jsonObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function dateOf(value: unknown): Date | undefined {
  const date = typeof value === 'string' ? new Date(value) : undefined;
  return date === undefined || Number.isNaN(date.getTime()) ? undefined : date;
}
