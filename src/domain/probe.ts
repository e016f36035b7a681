/**
 * Probes: what a service answers when it is asked, beside what its manager says of it.
 *
 * No text here ever holds a secret: neither a detail, nor a value's name.
 */

/** Ways to ask. */
export const PROBE_TYPES = [
  'http',
  'tcp',
  'redis',
  'dns',
  'file',
  'directory',
  'pidfile',
  'command',
] as const;
export type ProbeType = (typeof PROBE_TYPES)[number];

/**
 * Why a probe failed; a closed set, since it is a label.
 *
 * `address`: a name that does not resolve, or one that the probe may not go to. `refused`, `timeout`, `connection`:
 * nobody answers, not in time, or the connection broke. `tls`, `certificate`: no secure connection, or one with a
 * certificate that is not to be trusted. `protocol`: the answer is no HTTP, no Redis and so on. `too_large`: it is
 * longer than allowed. `redirect`: it leads elsewhere. `status`: an HTTP status or an exit code that was not expected.
 * `content`: the answer does not say what it should. `authentication`, `loading`, `misconfigured`: so says Redis,
 * and HTTP with 401 and 403. `missing`, `unreadable`, `stale`, `size`, `count`, `space`: of files. `dead`, `reused`:
 * the process of a pid file has ended, or is another. `start`: a command that could not be started. `internal`: fettle
 * itself is at fault.
 */
export const PROBE_FAILURE_REASONS = [
  'address',
  'refused',
  'timeout',
  'connection',
  'tls',
  'certificate',
  'protocol',
  'too_large',
  'redirect',
  'status',
  'content',
  'authentication',
  'loading',
  'misconfigured',
  'missing',
  'unreadable',
  'stale',
  'size',
  'count',
  'space',
  'dead',
  'reused',
  'start',
  'internal',
] as const;
export type ProbeFailureReason = (typeof PROBE_FAILURE_REASONS)[number];

/** Parts of the time that an HTTP probe takes. */
export const PROBE_PHASES = ['resolve', 'connect', 'tls', 'processing', 'transfer'] as const;
export type ProbePhase = (typeof PROBE_PHASES)[number];

/** What a probe is called, and how often it asks. What it asks is up to its type. */
export interface ProbeIdentity {
  /** Its own among all probes. */
  readonly name: string;
  readonly type: ProbeType;
  /** The unit that it is about; empty if it stands alone. */
  readonly unit: string;
}

/** When a probe asks, and for how long it waits. */
export interface ProbeTiming {
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

/** The answer to one question. What is not known is left out. */
export interface ProbeOutcome {
  /** Undefined if all was as it should be. */
  readonly failure: ProbeFailure | undefined;
  /** Numbers in the answer by the names that the configuration gives them; told even where the probe failed. */
  readonly values: ReadonlyMap<string, number>;
  readonly httpStatus?: number;
  /** Seconds. */
  readonly phases?: Readonly<Partial<Record<ProbePhase, number>>>;
  /** Unix seconds at which the first certificate of the chain ends. */
  readonly certificateExpirySeconds?: number;
  /** Of a command. */
  readonly exitCode?: number;
  /** Files that a pattern fits. */
  readonly files?: number;
  /** Of a file, or of all files together. */
  readonly sizeBytes?: number;
  /** Unix seconds of the file, or of the newest. */
  readonly modifiedSeconds?: number;
  /** Free for users on the file system. */
  readonly freeBytes?: number;
  /** Spent in line behind other probes, if any; no part of what the service took. */
  readonly waitedSeconds?: number;
  /** What a person wants to know of it, a sentence a line, for `fettle probe`; empty mostly. */
  readonly notes: readonly string[];
}

/** What was wrong. */
export interface ProbeFailure {
  readonly reason: ProbeFailureReason;
  /** One sentence for people: what was expected, what came, and how to mend it where that is known. */
  readonly detail: string;
}

/** A probe, ready to ask. Never rejects, but for a signal of its caller; obeys `timing.timeoutMs` by itself. */
export interface Probe extends ProbeIdentity {
  readonly timing: ProbeTiming;
  ask(signal: AbortSignal): Promise<ProbeOutcome>;
}

/** A probe and what it found last. */
export interface ProbeReading extends ProbeIdentity {
  /** Undefined until it has been answered once. */
  readonly last: ProbeRun | undefined;
  /** Whether the last answer is so old that it says nothing about now. */
  readonly isStale: boolean;
  /** Since the start, by reason; all of them 0 at first. */
  readonly failures: ReadonlyMap<ProbeFailureReason, number>;
  /** Questions asked since the start that have an outcome. */
  readonly runs: number;
}

/** One question and its answer. */
export interface ProbeRun {
  readonly outcome: ProbeOutcome;
  /** Unix seconds when it ended. */
  readonly endedSeconds: number;
  readonly durationSeconds: number;
}
