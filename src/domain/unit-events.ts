/** How a run of a unit can fail, in systemd's words; what it says beyond these counts as `other`. */
export const FAILURE_RESULTS = [
  'exit-code',
  'signal',
  'core-dump',
  'timeout',
  'watchdog',
  'oom-kill',
  'start-limit-hit',
  'resources',
  'other',
] as const;

/** One of the ways in which a run can fail. */
export type FailureResult = (typeof FAILURE_RESULTS)[number];

/** What has happened to one unit since fettle has watched it. */
export interface UnitEventCounts {
  readonly activations: number;
  readonly failures: Readonly<Record<FailureResult, number>>;
  /** Unix seconds of the last failure; undefined if there was none. */
  readonly lastFailureSeconds: number | undefined;
}
