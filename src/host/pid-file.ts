import { Failure } from '../domain/errors.ts';
import { type ProcessStat, readBootSeconds, readProcessStat, TICKS_PER_SECOND } from './process-stat.ts';
import { readSmallFile } from './small-file.ts';

/** What a pid file says, and what has become of the process that it names. */
export type PidFileLook =
  /** There is no such file. */
  | { readonly kind: 'none' }
  /** It cannot be believed, for the reason in words: rubbish, a symbolic link, too large, not readable. */
  | { readonly kind: 'bad'; readonly problem: string }
  /** No process has that pid. */
  | { readonly kind: 'dead'; readonly pid: number }
  /** A process has that pid that was started after the file was written: it is another one. */
  | { readonly kind: 'reused'; readonly pid: number }
  /** The process that the file names. */
  | { readonly kind: 'alive'; readonly process: FoundProcess };

/** A process that is proven to be the one which its pid file names. */
export interface FoundProcess extends ProcessStat {
  /** Unix seconds, right to a second or so. */
  readonly startSeconds: number;
}

/** Where to look. */
export interface PidFileOptions {
  readonly path: string;
  /** Where procfs is mounted, as in `/proc`. */
  readonly procfs: string;
}

/** A pid, spaces and a new line; some daemons write their name behind it. */
const LARGEST_FILE = 64;

/** The kernel tells the time of boot in whole seconds, and file systems theirs in ticks. */
const SLACK_SECONDS = 2;

/**
 * Looks at a pid file and at its process. Never throws for what is in the file, or is not.
 *
 * A pid is given away again once its process has ended, so one alone proves nothing. A daemon writes its file after
 * it was started; a process that is younger than the file cannot have written it. Where the wall clock was set
 * forward after the daemon wrote its file, the two cannot be compared, and the process counts as another one: in
 * doubt nothing may be done to it. Throws Failure `unreadable` where there is no procfs.
 */
export async function lookAtPidFile({ path, procfs }: PidFileOptions): Promise<PidFileLook> {
  const bootSeconds = readBootSeconds(procfs);
  if (bootSeconds === undefined) {
    throw new Failure('unreadable', `reading ${procfs}/stat: there is none; pid files need Linux's procfs`);
  }
  const read = await readPid(path);
  if (read === undefined) return { kind: 'none' };
  if ('problem' in read) return { kind: 'bad', problem: read.problem };
  const { pid, modifiedSeconds } = read;
  const process = readProcessStat(procfs, pid);
  if (process === undefined) return { kind: 'dead', pid };
  const startSeconds = bootSeconds + process.startTicks / TICKS_PER_SECOND;
  if (startSeconds > modifiedSeconds + SLACK_SECONDS) return { kind: 'reused', pid };
  return { kind: 'alive', process: { ...process, startSeconds } };
}

/** Whether a process is still there: the very same one, not another with its pid. */
export function isStillThere(procfs: string, { pid, startTicks }: ProcessStat): boolean {
  return readProcessStat(procfs, pid)?.startTicks === startTicks;
}

type ReadPid = { readonly pid: number; readonly modifiedSeconds: number } | { readonly problem: string };

async function readPid(path: string): Promise<ReadPid | undefined> {
  try {
    const file = await readSmallFile(path, LARGEST_FILE);
    if (file === undefined) return undefined;
    const text = file.bytes.toString('latin1');
    const pid = parsePid(text);
    if (pid !== undefined) return { pid, modifiedSeconds: file.modifiedSeconds };
    const said = text.trim() === '' ? 'it is empty' : 'its first line is no pid';
    return { problem: `reading ${path}: ${said}` };
  } catch (thrown) {
    if (thrown instanceof Failure) return { problem: thrown.message };
    throw thrown;
  }
}

/** The largest pid that Linux can be told to give (`PID_MAX_LIMIT`). */
const LARGEST_PID = 4_194_304;

/** The pid in the first line of a pid file; undefined if there is none. Pid 1 is nobody's daemon. */
export function parsePid(text: string): number | undefined {
  const pid = Number(/^\s*(\d{1,7})[ \t]*(?:\r?\n|$)/.exec(text)?.[1]);
  return pid > 1 && pid <= LARGEST_PID ? pid : undefined;
}
