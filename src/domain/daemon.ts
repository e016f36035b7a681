import { atPointer } from './json-pointer.ts';
import type { StatusFileSettings } from './probes/pidfile.ts';

/** Signals by which a daemon can be asked to end. */
export const STOP_SIGNALS = [
  'SIGTERM',
  'SIGINT',
  'SIGQUIT',
  'SIGHUP',
  'SIGUSR1',
  'SIGUSR2',
  'SIGKILL',
] as const;

/** A daemon that writes its pid to a file, as the configuration has it. */
export interface DaemonSpec {
  readonly name: string;
  readonly pidFile: string;
  /** What its process is called, its program or the kernel's name for it; undefined: any name may be its. */
  readonly processName?: string | undefined;
  readonly statusFile: StatusFileSettings | undefined;
  readonly commands: DaemonCommands;
  /** Sent to its process to stop it, where there is no command for that. */
  readonly stopSignal: (typeof STOP_SIGNALS)[number] | undefined;
  /** Name of the user that its commands run as; undefined: as fettle. */
  readonly user: string | undefined;
  /** How long it may take to start, its command included. */
  readonly startTimeoutMs: number;
  readonly stopTimeoutMs: number;
}

/** The commands of a daemon that there are: a program with its folder, and arguments. */
export interface DaemonCommands {
  readonly start?: readonly string[] | undefined;
  readonly stop?: readonly string[] | undefined;
  readonly restart?: readonly string[] | undefined;
  readonly status?: readonly string[] | undefined;
}

/** What a daemon is doing. `failed`: its pid file names a process that has ended; `unknown`: it cannot be believed. */
export const DAEMON_STATES = ['active', 'inactive', 'failed', 'unknown'] as const;

/** One of the states of a daemon. */
export type DaemonState = (typeof DAEMON_STATES)[number];

/** What a daemon says of itself in its status file. */
export interface DaemonStatus {
  /** What is not as it should be, in a few words; undefined: nothing. */
  readonly problem: string | undefined;
  /** Unix seconds; undefined if there is no such file. */
  readonly modifiedSeconds: number | undefined;
  /** Numbers in it by the names that the configuration gives them; what is not there is left out. */
  readonly values: ReadonlyMap<string, number>;
}

/** All that is told of one daemon; what is not known is undefined. */
export interface DaemonReading {
  readonly name: string;
  readonly state: DaemonState;
  /** Runs seen since fettle started, after the first one. */
  readonly restarts: number;
  /** Unix seconds. */
  readonly startSeconds: number | undefined;
  readonly usage: DaemonUsage | undefined;
  /** Undefined if it has no status file by its configuration. */
  readonly status: DaemonStatus | undefined;
}

/** What a daemon and all that it has started use. */
export interface DaemonUsage {
  readonly processes: number;
  readonly cpuSeconds: number | undefined;
  readonly memoryBytes: number | undefined;
}

/** A status file as it was read; undefined if there is none. */
export interface ReadStatus {
  readonly text: string;
  readonly modifiedSeconds: number;
}

/** What a status file says, at a moment in Unix seconds. Of its text nothing but the state is told, cut short. */
export function daemonStatus(
  settings: StatusFileSettings,
  file: ReadStatus | undefined,
  nowSeconds: number,
): DaemonStatus {
  if (file === undefined) return { problem: 'no status file', modifiedSeconds: undefined, values: new Map() };
  const { text, modifiedSeconds } = file;
  const parsed = parsedJson(text);
  const values = parsed === undefined ? new Map<string, number>() : numbersAt(settings.values, parsed.value);
  const isStale =
    settings.maxAgeSeconds !== undefined && nowSeconds - modifiedSeconds > settings.maxAgeSeconds;
  const problem = isStale ? 'status file is stale' : contentProblem(settings, parsed);
  return { problem, modifiedSeconds, values };
}

function contentProblem(
  { state }: StatusFileSettings,
  parsed: { readonly value: unknown } | undefined,
): string | undefined {
  if (parsed === undefined) return 'status file is no JSON';
  if (state === undefined) return undefined;
  const found = atPointer(parsed.value, state.pointer);
  if (typeof found !== 'string') return `status file has no text at ${state.pointer}`;
  return state.oneOf.includes(found) ? undefined : `says ${JSON.stringify(found.slice(0, LONGEST_STATE))}`;
}

const LONGEST_STATE = 64;

function parsedJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return undefined;
  }
}

function numbersAt(wanted: Readonly<Record<string, string>>, document: unknown): ReadonlyMap<string, number> {
  return new Map(
    Object.entries(wanted).flatMap(([name, pointer]) => {
      const value = atPointer(document, pointer);
      return typeof value === 'number' && Number.isFinite(value) ? [[name, value] as const] : [];
    }),
  );
}
