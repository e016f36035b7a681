import { type ChildEnd, startChild } from '../../host/programs/child-process.ts';
import { type JournalPlace, parseCursor } from './cursor.ts';
import { createLineCutter } from './lines.ts';

/** The program to read the journal with, and arguments that come before all others; `journalctl` alone mostly. */
export type Journalctl = readonly [string, ...string[]];

/** The newest message of the journal, or why there is none to be had. */
export type Head =
  | { readonly kind: 'entry'; readonly place: JournalPlace }
  /** There is no message. */
  | { readonly kind: 'empty' }
  /** There is no journalctl. */
  | { readonly kind: 'missing' }
  /** This user may not read all of it; `place` is of what may be read, if there is any. */
  | { readonly kind: 'refused'; readonly reason: string; readonly place: JournalPlace | undefined }
  | { readonly kind: 'failed'; readonly reason: string };

const LIMITS = { timeoutMs: 30_000, killAfterMs: 2000, capBytes: 1024 * 1024 };

/** What a journalctl sees of fettle's own environment; its answers are read, so they are in English. */
export function journalctlEnv(): Readonly<Record<string, string | undefined>> {
  return { PATH: process.env['PATH'], LC_ALL: 'C', TZ: process.env['TZ'] };
}

/** Asks for the newest message, without its text. Never throws; takes 30 s at most. */
export async function readHead([path, ...args]: Journalctl, signal: AbortSignal): Promise<Head> {
  const lines: (string | undefined)[] = [];
  const cutter = createLineCutter(LIMITS.capBytes);
  // Without -q: it says when there is more than this user may see.
  const own = ['--lines=1', '--no-pager', '--output=json', '--output-fields=_TRANSPORT'];
  const command = { path, args: [...args, ...own], env: journalctlEnv() };
  const child = startChild(command, LIMITS, (part) => void lines.push(...cutter.add(part)));
  signal.addEventListener('abort', child.stop, { once: true });
  try {
    return headOf(await child.ended, lines);
  } finally {
    signal.removeEventListener('abort', child.stop);
  }
}

function headOf(end: ChildEnd, lines: readonly (string | undefined)[]): Head {
  const { notStarted, exitCode, stderr } = end;
  if (notStarted !== undefined) {
    const absent = 'code' in notStarted && notStarted.code === 'ENOENT';
    return absent ? { kind: 'missing' } : { kind: 'failed', reason: notStarted.message };
  }
  const place = lines.map(placeOf).find((found) => found !== undefined);
  if (isRefusal(stderr)) return { kind: 'refused', reason: firstLine(stderr), place };
  if (exitCode !== 0) return { kind: 'failed', reason: reasonOf(end) };
  return place === undefined ? { kind: 'empty' } : { kind: 'entry', place };
}

/** Whether journalctl says that this user may not see all messages. */
export function isRefusal(stderr: string): boolean {
  return /insufficient permissions|You are currently not seeing messages/.test(stderr);
}

/** Why a journalctl has ended, in a few words. */
export function reasonOf({ exitCode, stopped, notStarted, stderr }: ChildEnd): string {
  if (notStarted !== undefined) return notStarted.message;
  if (stderr.trim() !== '') return firstLine(stderr);
  if (stopped === 'timeout') return 'journalctl did not answer';
  return exitCode === undefined ? 'journalctl was ended by a signal' : `journalctl ended with ${exitCode}`;
}

function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0] ?? '';
}

function placeOf(line: string | undefined): JournalPlace | undefined {
  const cursor = /"__CURSOR"\s*:\s*"([^"]+)"/.exec(line ?? '')?.[1];
  return cursor === undefined ? undefined : parseCursor(cursor);
}
