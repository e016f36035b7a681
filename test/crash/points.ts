/**
 * What happens to a unit: it has failed and is restarted; it runs, and is restarted all the same; it is throttled until
 * its alert is over; or throttled yet more as the alert goes on.
 */
export type Story = 'restart' | 'restart anyway' | 'throttle' | 'throttle twice';

/** The n-th time that the process comes by something: a line of the ledger, a call of systemd, a port. */
export interface Death {
  readonly when: 'before' | 'in the middle of' | 'after';
  readonly what: string;
  readonly count: number;
}

/** A moment of a repair's life in which fettle is killed, and what may be seen once it has been started again. */
export interface Point {
  readonly story: Story;
  readonly name: string;
  readonly death: Death;
  /** Restarts of the unit in both lives together. */
  readonly restarts: readonly number[];
  /** Steps that both lives begin. */
  readonly steps: number;
  /** Whether nobody can know what became of the last of them, so that it has to be told as interrupted. */
  readonly isAmbiguous: boolean;
}

type Expected = Partial<Pick<Point, 'restarts' | 'steps' | 'isAmbiguous'>>;

const storyOf =
  (story: Story, usual: Pick<Point, 'restarts' | 'steps'>) =>
  (name: string, when: Death['when'], what: string, count = 1, expected: Expected = {}): Point => ({
    story,
    name,
    death: { when, what, count },
    isAmbiguous: false,
    ...usual,
    ...expected,
  });

const AMBIGUOUS = { isAmbiguous: true };

/** Whether the bus still hands on what a process that is gone has sent is up to the bus. */
const PERHAPS = { isAmbiguous: true, restarts: [0, 1] };

const restart = storyOf('restart', { restarts: [1], steps: 1 });
const anyway = storyOf('restart anyway', { restarts: [1], steps: 1 });
const throttle = storyOf('throttle', { restarts: [0], steps: 1 });
const twice = storyOf('throttle twice', { restarts: [0], steps: 2 });

/** All of them, in the order of a repair's life. */
export const POINTS: readonly Point[] = [
  restart('before received is written', 'before', 'line received'),
  restart('after received, before the answer', 'after', 'line received'),
  restart('before evidence', 'before', 'evidence'),
  restart('after evidence, before started', 'after', 'evidence'),
  restart('in the middle of writing started', 'in the middle of', 'line started'),
  restart('after started, before systemd is asked', 'after', 'line started', 1, {
    isAmbiguous: true,
    restarts: [0],
  }),
  // Its restart went out in the same write. If systemd does not take it, the unit is inactive, which no alert about failed
  // units tells: the ledger must.
  restart('after its failure was forgotten', 'after', 'call ResetFailedUnit', 1, PERHAPS),
  restart('after systemd was asked, before its answer', 'in the middle of', 'call RestartUnit', 1, PERHAPS),
  restart('after the job was queued, before its end', 'after', 'call RestartUnit', 1, AMBIGUOUS),
  restart('after the end of the job, before verification', 'after', 'run', 1, AMBIGUOUS),
  // The first look after the job has found the unit active.
  restart('in the middle of verification', 'before', 'look after run', 2, AMBIGUOUS),
  restart('before finished', 'before', 'line finished', 1, AMBIGUOUS),
  restart('after finished, before ended', 'after', 'line finished'),

  // That the unit is well does not keep anybody from restarting it again: that it was tried must.
  anyway('after systemd was asked, before its answer', 'in the middle of', 'call RestartUnit', 1, PERHAPS),
  anyway('after the job was queued, before its end', 'after', 'call RestartUnit', 1, AMBIGUOUS),
  anyway('after the end of the job, before verification', 'after', 'run', 1, AMBIGUOUS),
  anyway('in the middle of verification', 'before', 'look after run', 2, AMBIGUOUS),
  anyway('before finished', 'before', 'line finished', 1, AMBIGUOUS),
  anyway('after finished, before ended', 'after', 'line finished'),

  throttle('in the middle of setting limits', 'in the middle of', 'call SetUnitProperties', 1, AMBIGUOUS),
  throttle('after setting limits', 'after', 'setLimits', 1, AMBIGUOUS),
  throttle('before the undo', 'before', 'setLimits', 2),
  throttle('in the middle of the undo', 'in the middle of', 'call SetUnitProperties', 2),
  throttle('after the undo, before undone', 'before', 'line undone'),

  twice(
    'in the middle of setting the second limits',
    'in the middle of',
    'call SetUnitProperties',
    2,
    AMBIGUOUS,
  ),
  twice('in the middle of the first undo', 'in the middle of', 'call SetUnitProperties', 3),
  twice('between both undos', 'after', 'line undone'),
  twice('in the middle of the second undo', 'in the middle of', 'call SetUnitProperties', 4),
];

/** Of all points one, as people name it. */
export function titleOf({ story, name }: Pick<Point, 'story' | 'name'>): string {
  return `${story}: ${name}`;
}
