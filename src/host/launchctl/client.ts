import { Failure } from '../../domain/errors.ts';
import type { LaunchdJob } from '../../domain/launchd.ts';
import { createProgram, type ProgramEnd } from '../programs/program.ts';
import { type ListedJob, parseDisabled, parseServices } from './list.ts';
import { parsePrint } from './print.ts';

/**
 * The commands of launchctl that fettle uses, with plain arguments and replies.
 *
 * Labels and domains must have been checked (`isLaunchdLabel`, `isLaunchdDomain`). All of them throw Failure if
 * launchctl does not do its work: `unreachable` if it cannot be started, `timeout`, `unreadable` for what cannot be
 * understood, `refused` for any other of its errors.
 */
export interface Launchctl {
  /**
   * The jobs that are loaded in a domain; undefined if there is no such domain, as while nobody is logged in.
   *
   * By `print DOMAIN`: `launchctl list` tells the jobs of whatever context it is called in, and that always exists.
   */
  list(domain: string, signal?: AbortSignal): Promise<readonly ListedJob[] | undefined>;
  /** Which jobs of a domain have been enabled or disabled by hand. */
  enabled(domain: string, signal?: AbortSignal): Promise<ReadonlyMap<string, boolean>>;
  /** A job; undefined if it is not loaded, or its domain is not there. */
  print(domain: string, label: string, signal?: AbortSignal): Promise<LaunchdJob | undefined>;
  /** Starts a loaded job, whatever its conditions; `kill`: ends the process that it has first. */
  kickstart(target: string, kill: boolean, signal: AbortSignal): Promise<Answer>;
  /** Loads the job of a property list. */
  bootstrap(domain: string, plist: string, signal: AbortSignal): Promise<Answer>;
  /** Ends and unloads a job. */
  bootout(target: string, signal: AbortSignal): Promise<Answer>;
}

/** What launchctl has answered to a command that changes something. */
export interface Answer {
  readonly exitCode: number | undefined;
  /** Its first line of words; empty if it said nothing. */
  readonly said: string;
}

/** What is needed to ask launchctl. */
export interface LaunchctlOptions {
  /** Of launchctl, as in `/bin/launchctl`. */
  readonly path: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** For questions; a job that does not want to end may take longer. */
  readonly timeoutMs?: number;
}

/** Exit code of launchctl for a job or domain that is not there. */
const NOT_FOUND = 113;
/** So says launchctl of a domain that is not there; the code differs by version. */
const NO_DOMAIN = /could not find domain|domain does not support|no such domain/i;

const READ_TIMEOUT_MS = 5000;
/** A job has 20 s to end if it does not say otherwise. */
const WRITE_TIMEOUT_MS = 90_000;
const KILL_AFTER_MS = 1000;
/** A domain of 1000 jobs has some 50 KB of them, and more of endpoints and the like. */
const CAP_BYTES = 4 * 1024 * 1024;

/** Gives a client of launchctl. */
export function createLaunchctl(options: LaunchctlOptions): Launchctl {
  const { path, env, timeoutMs = READ_TIMEOUT_MS } = options;
  const limits = { timeoutMs, killAfterMs: KILL_AFTER_MS, capBytes: CAP_BYTES };
  const ask = createProgram(path, limits, env);
  const tell = createProgram(path, { ...limits, timeoutMs: WRITE_TIMEOUT_MS }, env);

  async function list(domain: string, signal?: AbortSignal): Promise<readonly ListedJob[] | undefined> {
    const end = await ask(['print', domain], signal);
    if (end.exitCode === NOT_FOUND || (end.exitCode !== 0 && NO_DOMAIN.test(end.stderr))) return undefined;
    throwIfFailed(`listing the jobs of ${domain}`, end);
    const jobs = parseServices(end.stdout);
    if (jobs === undefined) throw garbage(`listing the jobs of ${domain}`);
    return jobs;
  }

  async function print(domain: string, label: string, signal?: AbortSignal): Promise<LaunchdJob | undefined> {
    const end = await ask(['print', `${domain}/${label}`], signal);
    if (end.exitCode === NOT_FOUND || (end.exitCode !== 0 && NO_DOMAIN.test(end.stderr))) return undefined;
    throwIfFailed(`printing ${domain}/${label}`, end);
    const job = parsePrint(domain, label, end.stdout);
    if (job === undefined) throw garbage(`printing ${domain}/${label}`);
    return job;
  }

  async function enabled(domain: string, signal?: AbortSignal): Promise<ReadonlyMap<string, boolean>> {
    const end = await ask(['print-disabled', domain], signal);
    throwIfFailed(`asking which jobs of ${domain} are disabled`, end);
    return parseDisabled(end.stdout);
  }

  async function change(args: readonly string[], signal: AbortSignal): Promise<Answer> {
    const { exitCode, stderr, stdout } = await tell(args, signal);
    return { exitCode, said: firstLine(stderr) || firstLine(stdout) };
  }

  return {
    list,
    enabled,
    print,
    kickstart: (target, kill, signal) => change(['kickstart', ...(kill ? ['-k'] : []), target], signal),
    bootstrap: (domain, plist, signal) => change(['bootstrap', domain, plist], signal),
    bootout: (target, signal) => change(['bootout', target], signal),
  };
}

function throwIfFailed(what: string, { exitCode, stderr }: ProgramEnd): void {
  if (exitCode === 0) return;
  const how = exitCode === undefined ? 'was killed' : `ended with exit code ${exitCode}`;
  throw new Failure('refused', `${what}: launchctl ${how}: ${firstLine(stderr) || 'it said nothing'}`);
}

function garbage(what: string): Failure {
  return new Failure(
    'unreadable',
    `${what}: launchctl said what cannot be understood; run it by hand to see what`,
  );
}

function firstLine(text: string): string {
  const line = text.split('\n').find((one) => one.trim() !== '') ?? '';
  return line.trim().slice(0, 200);
}
