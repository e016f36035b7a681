import type { Outcome } from '../../domain/repair.ts';
import type { CommandEnd } from '../../host/programs/service-command.ts';

/** What became of an order to a daemon. */
export type Done = Pick<Outcome, 'accepted' | 'jobResult' | 'detail'>;

/** The order was taken; `jobResult` as systemd names it. */
export function done(detail: string, jobResult: 'done' | 'failed' | 'timeout' = 'done'): Done {
  return { accepted: true, jobResult, detail };
}

/** The order was not taken; nothing has changed. */
export function refused(detail: string): Done {
  return { accepted: false, jobResult: '', detail };
}

/** What went wrong with a command; undefined if nothing did. Its words are lost, see `runServiceCommand`. */
export function commandFault(argv: readonly string[], end: CommandEnd, limitMs: number): Done | undefined {
  const [program] = argv;
  const mend = 'run it by hand to see why';
  switch (end.kind) {
    case 'exited':
      if (end.exitCode === 0) return undefined;
      return done(`${program} ended with exit code ${end.exitCode}; ${mend}`, 'failed');
    case 'killed':
      return done(`${program} was ended by ${end.by}; ${mend}`, 'failed');
    case 'timeout':
      return done(`${program} did not end within ${limitMs / 1000} s, and was killed`, 'timeout');
    case 'not-started':
      return refused(`${program} could not be started: ${end.problem}`);
    default:
      return end satisfies never;
  }
}
