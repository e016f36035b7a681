import type { HoldTime } from '../../domain/limit.ts';
import type { ReadSecret } from '../../host/files/secret-file.ts';
import type { Places } from '../../host/slow/slow-files.ts';

/**
 * How one probe waits in lines behind others: the time of its question stands still meanwhile, since that is nobody's
 * failure. It goes on while the question does anything else at the same time.
 */
export interface Line {
  /** A question begins; the one before has ended, or is over for whoever asked it. */
  begin(question: Question): void;
  places(places: Places): Places;
  readSecret(read: ReadSecret): ReadSecret;
}

/** A question that is under way. */
export interface Question {
  /** Fires when time is up, or nobody wants to know any more. */
  readonly signal: AbortSignal;
  readonly hold: HoldTime;
  /** Where it is told how long the question waited. */
  readonly found: { waitedSeconds?: number };
}

/** The line of a probe, which asks one question at a time. */
export function createLine(elapsedMs: () => number): Line {
  let question: Question | undefined;
  let known: Waits | undefined;

  /** Only where it is wanted: most questions wait for nothing. */
  function waits(): Waits {
    if (question === undefined) throw new Error('no question has begun');
    known ??= waitsOf(question, elapsedMs);
    return known;
  }

  return {
    begin(next) {
      question = next;
      known = undefined;
    },
    places: (places) => async (work, asking) => {
      // Of a question that was left behind.
      asking?.throwIfAborted();
      const { signal, inLine } = waits();
      return await inLine((onBegun) =>
        places(() => {
          onBegun();
          return work();
        }, signal),
      );
    },
    readSecret: (read) => (path) => {
      const { signal, inLine } = waits();
      return inLine((onBegun) => read(path, { signal, onBegun }));
    },
  };
}

/** What one question waits for. */
interface Waits {
  readonly signal: AbortSignal;
  inLine<T>(enter: (onBegun: () => void) => Promise<T>): Promise<T>;
}

function waitsOf({ signal, hold, found }: Question, elapsedMs: () => number): Waits {
  let waiting = 0;
  let atWork = 0;
  let goOn: (() => void) | undefined;

  function look(): void {
    const stands = waiting > 0 && atWork === 0;
    if (stands && goOn === undefined) goOn = held();
    if (stands || goOn === undefined) return;
    goOn();
    goOn = undefined;
  }

  function held(): () => void {
    const sinceMs = elapsedMs();
    const release = hold();
    return () => {
      found.waitedSeconds = (found.waitedSeconds ?? 0) + (elapsedMs() - sinceMs) / 1000;
      release();
    };
  }

  return {
    signal,
    async inLine(enter) {
      let state: 'entering' | 'waiting' | 'at work' = 'entering';
      const entered = enter(() => {
        if (state === 'waiting') waiting -= 1;
        state = 'at work';
        atWork += 1;
        look();
      });
      // A place that is free is had at once, and the time need not stop.
      if (isStill(state, 'entering')) {
        state = 'waiting';
        waiting += 1;
        look();
      }
      try {
        return await entered;
      } finally {
        if (isStill(state, 'waiting')) waiting -= 1;
        else atWork -= 1;
        look();
      }
    },
  };
}

/** The compiler does not see that a callback has changed it. */
function isStill<T extends string>(state: T, expected: T): boolean {
  return state === expected;
}
