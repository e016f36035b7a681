import { Failure } from '../../domain/errors.ts';
import type { CommandSettings } from '../../domain/probes/command.ts';
import { ProbeFault } from '../../domain/probes/fault.ts';
import type { ReadSecret } from '../../host/files/secret-file.ts';
import { type Account, readAccount } from '../../host/processes/user-account.ts';
import {
  type Child,
  type ChildCommand,
  type ChildEnd,
  type ChildLimits,
  startChild,
} from '../../host/programs/child-process.ts';
import type { CommandRuns } from '../../host/programs/command-runs.ts';
import type { Places } from '../../host/slow/slow-files.ts';
import type { Ask, Findings } from './asking.ts';
import { type CommandEnd, judgeCommand } from './judge-command.ts';
import { readSecretEnv } from './secret-env.ts';

/** What probes that run programs are given. */
export interface CommandDeps {
  /** For all of them together: so many run at once. */
  readonly commandPlaces: Places;
  readonly commandRuns: CommandRuns;
  readonly readSecret: ReadSecret;
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
const LIMITS: ChildLimits = {
  timeoutMs: 3_600_000,
  killAfterMs: KILL_AFTER_MS,
  capBytes: CAP_BYTES,
  leavesNobody: true,
};

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Runs a program and judges how it ends. While the last run of a probe of this name has not ended, none is begun.
 *
 * One that not even SIGKILL ends gives its place to others: their number is that of probes at most.
 */
export function askCommand(probe: string, settings: CommandSettings, deps: CommandDeps): Ask {
  const { program } = settings;
  const { commandPlaces, commandRuns } = deps;

  return async (signal, found) => {
    found.stage = 'reading the files of secrets';
    const secrets = await readSecretEnv(settings.envFiles, deps.readSecret);
    const identity = await identityOf(settings.user, deps);
    const command = commandOf(settings, identity, secrets);
    found.stage = `waiting for an earlier run of ${program} to end, as it was told to: it may wait in a driver`;
    const end = await commandRuns.inTurn(probe, signal, (keep) => {
      found.stage = 'waiting for other commands to end';
      return commandPlaces(() => {
        found.stage = `${program} ran`;
        return endOf(command, signal, keep);
      }, signal);
    });
    const { values, notes, fault } = judgeCommand(settings, end, Object.values(secrets));
    tell(end, values, notes, found);
    if (fault !== undefined) throw fault;
  };
}

/** What the configuration says comes before what belongs to the user. */
function commandOf(
  { program, args, env }: CommandSettings,
  identity: Identity,
  secrets: Readonly<Record<string, string>>,
): ChildCommand {
  const { account } = identity;
  return { path: program, args, env: { PATH, LC_ALL: 'C', ...identity.env, ...env, ...secrets }, account };
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

/** Runs the program to its end, or to the signal: then it rejects once it is gone, or counts as stuck. */
async function endOf(
  command: ChildCommand,
  signal: AbortSignal,
  keep: (child: Child) => void,
): Promise<CommandEnd> {
  const parts: Buffer[] = [];
  const child = startChild(command, LIMITS, (part) => void parts.push(part));
  keep(child);
  signal.addEventListener('abort', child.stop, { once: true });
  try {
    const end = await child.ended;
    signal.throwIfAborted();
    throwIfStopped(command.path, end);
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

/** As whom to run. */
interface Identity {
  /** Undefined: as fettle does. */
  readonly account: Account | undefined;
  /** What programs look for of the one they run as; empty if nobody is named. */
  readonly env: Readonly<Record<string, string>>;
}

async function identityOf(user: string | undefined, { ownUid, passwd }: CommandDeps): Promise<Identity> {
  if (user === undefined) return { account: undefined, env: {} };
  const account = await accountNamed(user, passwd);
  const env = { HOME: account.home, USER: account.name, LOGNAME: account.name };
  if (account.uid === ownUid) return { account: undefined, env };
  if (ownUid === 0) return { account, env };
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
