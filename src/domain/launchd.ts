/** What launchd says that a job is doing, in its own words; `other` is a word that we do not know. */
export const LAUNCHD_STATES = [
  'running',
  'not running',
  'waiting',
  'spawn scheduled',
  'xpcproxy',
  'other',
] as const;

/** One of launchd's states of a job. `spawn scheduled`: it has ended and is to start again; `xpcproxy`: it starts. */
export type LaunchdState = (typeof LAUNCHD_STATES)[number];

/** Exit code by which launchd says that the job's settings are at fault (`EX_CONFIG`): a restart will not help. */
export const EX_CONFIG = 78;

/** One job of launchd; what is not known is undefined. */
export interface LaunchdJob {
  /** `system`, `gui/501` or `user/501`. */
  readonly domain: string;
  readonly label: string;
  readonly state: LaunchdState | undefined;
  /** As in `spawn failed`; launchd does not always tell it. */
  readonly jobState: string | undefined;
  readonly pid: number | undefined;
  /** Starts since the job was loaded. */
  readonly runs: number | undefined;
  /** Undefined also if it has never ended by itself. */
  readonly lastExitCode: number | undefined;
  /** Number of the signal that ended it last; undefined also if none did. */
  readonly lastSignal: number | undefined;
  readonly program: string | undefined;
  /** Of its property list; undefined for a job that has none, as one of a ServiceManagement has. */
  readonly plist: string | undefined;
  /**
   * Whether it is started now and then, by an interval, a calendar, or when it is needed, and not kept alive: then it
   * is well while it does not run. Undefined: launchd was not asked.
   */
  readonly isOnDemand: boolean | undefined;
}

/** What is asked about jobs, and may fail without costing the rest. */
export const LAUNCHD_QUESTIONS = ['list', 'print', 'print-disabled', 'ps'] as const;

/** One of the questions about jobs. */
export type LaunchdQuestion = (typeof LAUNCHD_QUESTIONS)[number];

/** What a job's process uses. */
export interface ProcessUsage {
  readonly cpuSeconds: number;
  /** Resident. */
  readonly memoryBytes: number;
  /** Unix seconds. */
  readonly startSeconds: number;
}

/** One job and what it uses. */
export interface LaunchdJobReading extends LaunchdJob {
  /** False if it may not be started at the next boot or login; undefined if launchd does not say. */
  readonly enabled: boolean | undefined;
  /** Undefined while it has no process, or none that can be looked at. */
  readonly usage: ProcessUsage | undefined;
}

/** All jobs that are wanted of some domains. */
export interface LaunchdReading {
  /** Whether each domain was there: `gui/UID` is not while nobody is logged in. Not in it: it could not be listed. */
  readonly domains: ReadonlyMap<string, boolean>;
  readonly jobs: readonly LaunchdJobReading[];
  /** How often questions have failed since fettle started. */
  readonly failures: Readonly<Record<LaunchdQuestion, number>>;
}

/** Whether a text is a domain of launchd that fettle can work in. */
export function isLaunchdDomain(text: string): boolean {
  return /^(?:system|(?:gui|user)\/\d{1,10})$/.test(text);
}

/**
 * Whether a text is a label that can be given to launchctl.
 *
 * Labels come from outside. A slash would lead to another target, a dash at the start could be an option of some
 * version of launchctl, and quotes or control characters have no business there.
 */
export function isLaunchdLabel(text: string): boolean {
  return /^[A-Za-z0-9_](?:[A-Za-z0-9 _.:@+~-]{0,253}[A-Za-z0-9_.:@+~-])?$/.test(text);
}
