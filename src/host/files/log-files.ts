import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Failure } from '../../domain/errors.ts';
import { absentOrThrow } from './files.ts';
import { type Lines, readLines, type TornLine } from './read-lines.ts';

/** Some lines of one of a log's files. */
export interface LogPiece extends Lines {
  /** Its path. */
  readonly file: string;
  /** At the end of that file: the beginning of a line that was never written to its end, or is being written. */
  readonly torn?: TornLine;
}

/** How often files that are renamed meanwhile are looked for anew; a log does so once in some hundred thousand lines. */
const TRIES = 10;

/** A log's older file: `.1` is the newest of them. */
export function olderFile(path: string, number: number): string {
  return `${path}.${number}`;
}

/**
 * The lines of a log and of its older files, the oldest first, each file ending with a piece that may be empty.
 *
 * Changes nothing, and may be done while another process writes the log: it shows the files as they were when it began.
 * Nothing at all if there is no such log. Throws Failure `unreadable`.
 */
export async function* readLog(path: string): AsyncGenerator<LogPiece> {
  const files = await openFiles(path);
  try {
    for (const { file, handle } of files) yield* piecesOf(file, handle);
  } finally {
    for (const { handle } of files) await handle.close();
  }
}

async function* piecesOf(file: string, handle: FileHandle): AsyncGenerator<LogPiece> {
  const lines = readLines(handle, file);
  let number = 1;
  for (;;) {
    const { done, value } = await orUnreadable(file, () => lines.next());
    if (done) {
      yield { file, number, texts: [], ...(value === undefined ? {} : { torn: value }) };
      return;
    }
    number = value.number + value.texts.length;
    yield { file, ...value };
  }
}

async function orUnreadable<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    absentOrThrow(thrown, file);
    throw thrown;
  }
}

interface OpenFile {
  readonly file: string;
  readonly handle: FileHandle;
}

/** All files at one moment: if one got another name while they were opened, they are opened anew. */
async function openFiles(path: string): Promise<readonly OpenFile[]> {
  for (let tries = 0; tries < TRIES; tries++) {
    const opened: OpenFile[] = [];
    for (const file of await filesOf(path)) {
      const handle = await openOrAbsent(file);
      if (handle !== undefined) opened.push({ file, handle });
    }
    if (await areStill(path, opened)) return await withoutTwins(opened);
    for (const { handle } of opened) await handle.close();
  }
  throw new Failure('unreadable', `reading ${path}: its files were renamed again and again; try again`);
}

/** A log's files that there are, the oldest first. */
async function filesOf(path: string): Promise<readonly string[]> {
  const name = basename(path);
  const numbers = (await namesIn(dirname(path))).flatMap((other) => {
    if (other === name) return 0;
    const number = other.startsWith(`${name}.`) ? other.slice(name.length + 1) : '';
    return /^[1-9][0-9]{0,5}$/.test(number) ? Number(number) : [];
  });
  return numbers
    .toSorted((one, other) => other - one)
    .map((number) => (number === 0 ? path : join(dirname(path), `${name}.${number}`)));
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (thrown) {
    absentOrThrow(thrown, folder);
    return [];
  }
}

async function openOrAbsent(file: string): Promise<FileHandle | undefined> {
  try {
    return await open(file, 'r');
  } catch (thrown) {
    return absentOrThrow(thrown, file);
  }
}

async function areStill(path: string, opened: readonly OpenFile[]): Promise<boolean> {
  const files = await filesOf(path);
  if (files.length !== opened.length) return false;
  for (const [index, { file, handle }] of opened.entries()) {
    const now = await stat(file, { bigint: true }).catch(() => undefined);
    const { dev, ino } = await handle.stat({ bigint: true });
    if (file !== files[index] || now?.ino !== ino || now.dev !== dev) return false;
  }
  return true;
}

/** A crash in the middle of a rotation may leave the log under two names. */
async function withoutTwins(opened: readonly OpenFile[]): Promise<readonly OpenFile[]> {
  const byIdentity = new Map<string, OpenFile>();
  for (const one of opened) {
    const { dev, ino } = await one.handle.stat({ bigint: true });
    const twin = byIdentity.get(`${dev}-${ino}`);
    if (twin !== undefined) await twin.handle.close();
    // The later name is the younger one.
    byIdentity.delete(`${dev}-${ino}`);
    byIdentity.set(`${dev}-${ino}`, one);
  }
  return [...byIdentity.values()];
}
