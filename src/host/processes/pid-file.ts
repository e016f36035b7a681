import { Failure } from '../../domain/errors.ts';
import { type FileFacts, readSmallFile } from '../files/small-file.ts';
import { isNamed, readProcessNames } from './process-names.ts';
import { type ProcessStat, readBootSeconds, readProcessStat, TICKS_PER_SECOND } from './process-stat.ts';

/** What a pid file says, and what has become of the process that it names. */
export type PidFileLook =
  /** There is no such file. */
  | { readonly kind: 'none' }
  /** It cannot be believed, for the reason in words: rubbish, a symbolic link, too large, not readable. */
  | { readonly kind: 'bad'; readonly problem: string }
  /** No process has that pid. */
  | { readonly kind: 'dead'; readonly pid: number }
  /**
   * A process has that pid that was started after the file was written, by the clock of now: it is another one, or the
   * clock was set forward meanwhile. With a proof, in words, it is another one for sure.
   */
  | { readonly kind: 'reused'; readonly pid: number; readonly proof?: string }
  /** The process that the file names. */
  | { readonly kind: 'alive'; readonly process: FoundProcess };

/** A process that is proven to be the one which its pid file names. */
export interface FoundProcess extends ProcessStat {
  /** Of the pid file, as it was when it named this process. */
  readonly file: FileFacts;
  /** Unix seconds, right to a second or so. */
  readonly startSeconds: number;
}

/** Where to look. */
export interface PidFileOptions {
  readonly path: string;
  /** Where procfs is mounted, as in `/proc`. */
  readonly procfs: string;
  /** The process that was found here last. */
  readonly known?: FoundProcess | undefined;
  /** How the process is called, as `isNamed` knows it; undefined: any name may be its. */
  readonly name?: string | undefined;
}

/** A pid in the first line; PostgreSQL writes seven more lines, one of them the path of its data. */
const LARGEST_FILE = 4096;

/** The kernel tells the time of boot in whole seconds, and file systems theirs in ticks. */
const SLACK_SECONDS = 2;

/**
 * Looks at a pid file and at its process. Never throws for what is in the file, or is not.
 *
 * A pid is given away again once its process has ended, so one alone proves nothing. A daemon writes its file after
 * it was started, so a process that is younger than the file has not written it. That holds as long as nobody sets
 * the wall clock forward: the kernel tells a start in time since boot, and the file its own by the clock of then. A
 * board without a battery does so at each boot. So the process that was found before is known without any clock, and
 * one that is only younger is not proven to be another one. Throws Failure `unreadable` where there is no procfs.
 */
export async function lookAtPidFile({ path, procfs, known, name }: PidFileOptions): Promise<PidFileLook> {
  const bootSeconds = readBootSeconds(procfs);
  if (bootSeconds === undefined) {
    throw new Failure('unreadable', `reading ${procfs}/stat: there is none; pid files need Linux's procfs`);
  }
  const read = await readPid(path);
  if (read === undefined) return { kind: 'none' };
  if ('problem' in read) return { kind: 'bad', problem: read.problem };
  const { pid, file } = read;
  const process = readProcessStat(procfs, pid);
  if (process === undefined) return { kind: 'dead', pid };
  const startSeconds = bootSeconds + process.startTicks / TICKS_PER_SECOND;
  const found: FoundProcess = { ...process, file, startSeconds };
  if (known !== undefined && isSame(known, found)) return { kind: 'alive', process: found };
  const proof = strangerProof(found, known, name, procfs);
  if (proof !== undefined) return { kind: 'reused', pid, proof };
  if (startSeconds > file.modifiedSeconds + SLACK_SECONDS) return { kind: 'reused', pid };
  return { kind: 'alive', process: found };
}

/** Whether both are the same process; a pid alone is given away again. */
export function isSame(
  one: Pick<ProcessStat, 'pid' | 'startTicks'>,
  other: Pick<ProcessStat, 'pid' | 'startTicks'>,
): boolean {
  return one.pid === other.pid && one.startTicks === other.startTicks;
}

/** Why a process cannot be the one that wrote its pid file, whatever the clocks say; undefined if it may be. */
function strangerProof(
  process: FoundProcess,
  known: FoundProcess | undefined,
  name: string | undefined,
  procfs: string,
): string | undefined {
  if (process.isKernelThread) return "it is one of the kernel's own";
  const isFileOfKnown =
    known?.pid === process.pid &&
    known.file.inode === process.file.inode &&
    known.file.modifiedSeconds === process.file.modifiedSeconds;
  if (isFileOfKnown) return 'the one that the file was written for has ended';
  const names = name === undefined ? undefined : readProcessNames(procfs, process.pid);
  if (name === undefined || names === undefined || isNamed(names, name)) return undefined;
  return `it is ${JSON.stringify(names.comm)} and not ${JSON.stringify(name)}`;
}

/** Whether a process is still there: the very same one, not another with its pid. */
export function isStillThere(
  procfs: string,
  { pid, startTicks }: Pick<ProcessStat, 'pid' | 'startTicks'>,
): boolean {
  return readProcessStat(procfs, pid)?.startTicks === startTicks;
}

type ReadPid = { readonly pid: number; readonly file: FileFacts } | { readonly problem: string };

async function readPid(path: string): Promise<ReadPid | undefined> {
  try {
    const file = await readSmallFile(path, LARGEST_FILE);
    if (file === undefined) return undefined;
    const text = file.bytes.toString('latin1');
    const pid = parsePid(text);
    const { bytes: _, ...facts } = file;
    if (pid !== undefined) return { pid, file: facts };
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
