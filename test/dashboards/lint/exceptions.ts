/** Something that a rule finds and that is right. One that is no longer needed fails the test. */
export interface Exception {
  readonly rule: string;
  readonly metric: string;
  readonly reason: string;
}

/** All exceptions from the rules, for all dashboards. */
export const EXCEPTIONS: readonly Exception[] = [
  {
    rule: 'target-instance',
    metric: 'ALERTS',
    reason:
      'An alert about something that is not there at all, such as absent(up), has no instance. instance=~"$instance|" lets it through, and is as strict for all others.',
  },
];
