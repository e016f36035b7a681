import { Failure } from '../../domain/errors.ts';
import type { CommandSettings } from '../../domain/probes/command.ts';
import { ProbeFault } from '../../domain/probes/fault.ts';
import { type ChildEnd, type ChildLimits, startChild } from '../../host/child-process.ts';
import type { Places } from '../../host/slow-files.ts';
import { type Account, readAccount } from '../../host/user-account.ts';
import type { Ask, Findings } from './asking.ts';
import { type CommandEnd, judgeCommand } from './judge-command.ts';
import { scrubOf } from './scrub.ts';

/** What probes that run programs are given. */
export interface CommandDeps {
  /** For all of them together: so many run at once. */
  readonly commandPlaces: Places;
  /** Number of the user that fettle runs as; undefined where there are none. */
  readonly ownUid: number | undefined;
  /** File of users, if not the usual one. */
  readonly passwd?: string;
}

/** Programs of all probes that run at once: each is a process with some 10 MB. */
export const COMMANDS_AT_ONCE = 4;

const CAP_BYTES = 64 * 1024;

const KILL_AFTER_MS = 2000;

/** The signal of who asks comes first; nothing is left behind without an end. */
const LIMITS: ChildLimits = { timeoutMs: 3_600_000, killAfterMs: KILL_AFTER_MS, capBytes: CAP_BYTES };

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Runs a program and judges how it ends. While the last run has not ended, none is begun. */
export function askCommand(settings: CommandSettings, deps: CommandDeps): Ask {
  const { program } = settings;
  const scrub = scrubOf(secretsIn(settings.env));
  let runs = false;

  return async (signal, found) => {
    if (runs) {
      const detail = `${program} has not ended since an earlier question, though it was told to: it may wait in a driver`;
      throw new ProbeFault('timeout', detail);
    }
    const account = await accountOf(settings.user, deps);
    runs = true;
    found.stage = 'waiting for other commands to end';
    await deps.commandPlaces(async () => {
      try {
        signal.throwIfAborted();
        found.stage = `${program} ran`;
        const end = await endOf(settings, account, signal);
        const { values, notes, fault } = judgeCommand(settings, end, scrub);
        tell(end, values, notes, found);
        if (fault !== undefined) throw fault;
      } finally {
        runs = false;
      }
    });
  };
}

/** Shorter values are no secrets, and would be found everywhere. */
const SHORTEST_SECRET = 4;

/** Values of variables that are not to be told, and each line of those that have several. */
function secretsIn(env: CommandSettings['env']): readonly string[] {
  return Object.values(env)
    .flatMap((value) => [value, ...value.split(/\r?\n/)])
    .map((part) => part.trim())
    .filter((part) => part.length >= SHORTEST_SECRET);
}

function tell(
  { exitCode }: CommandEnd,
  values: ReadonlyMap<string, number>,
  notes: readonly string[],
  found: Findings,
): void {
  if (exitCode !== undefined) found.exitCode = exitCode;
  for (const [name, value] of values) found.values.set(name, value);
  found.notes.push(...notes);
}

/** Runs the program to its end, or to the signal: then it resolves once it is gone. */
async function endOf(
  { program, args, env }: CommandSettings,
  account: Account | undefined,
  signal: AbortSignal,
): Promise<CommandEnd> {
  const parts: Buffer[] = [];
  const command = { path: program, args, env: { PATH, LC_ALL: 'C', ...env }, account };
  const child = startChild(command, LIMITS, (part) => void parts.push(part));
  signal.addEventListener('abort', child.stop, { once: true });
  try {
    const end = await child.ended;
    if (end.stuck) await child.gone;
    signal.throwIfAborted();
    throwIfStopped(program, end);
    const { exitCode, stderr } = end;
    return { exitCode, stdout: Buffer.concat(parts).toString('utf8'), stderr };
  } finally {
    signal.removeEventListener('abort', child.stop);
  }
}

function throwIfStopped(program: string, { notStarted, stopped }: ChildEnd): void {
  if (notStarted !== undefined) throw startFault(program, notStarted);
  if (stopped === 'cap') {
    const most = CAP_BYTES / 1024;
    throw new ProbeFault('too_large', `${program} wrote more than ${most} KiB to its output, and was ended`);
  }
  if (stopped === 'timeout') throw new ProbeFault('timeout', `${program} did not end`);
}

/** Why it could not be started, without its arguments: the error's own text may hold them. */
function startFault(program: string, thrown: Error): ProbeFault {
  const code = 'code' in thrown ? String(thrown.code) : 'error';
  const why = START_WORDS.get(code) ?? `it could not be started (${code})`;
  return new ProbeFault('start', `${program}: ${why}`, { cause: thrown });
}

const START_WORDS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such program, or not the interpreter that its first line names'],
  ['EACCES', 'it may not be run; see its rights (chmod +x) and those of its folders'],
  ['EPERM', 'fettle may not run it as that user; that takes root'],
  ['EAGAIN', 'there is no room for another process; see TasksMax= of fettle'],
  ['ENOMEM', 'there is no memory for another process'],
]);

/** As whom to run; undefined: as fettle does. */
async function accountOf(
  user: string | undefined,
  { ownUid, passwd }: CommandDeps,
): Promise<Account | undefined> {
  if (user === undefined) return undefined;
  const account = await accountNamed(user, passwd);
  if (account.uid === ownUid) return undefined;
  if (ownUid === 0) return account;
  const detail = `only root may run a program as ${user}; run fettle as root, or as ${user}, or leave out user:`;
  throw new ProbeFault('start', detail);
}

async function accountNamed(user: string, passwd?: string): Promise<Account> {
  try {
    return await readAccount(user, passwd);
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    throw new ProbeFault('start', `${thrown.message}; mend user:`, { cause: thrown });
  }
}
