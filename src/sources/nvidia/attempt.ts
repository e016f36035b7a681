import type { Clock } from '../../domain/clock.ts';
import type { Log } from '../../domain/log.ts';
import type { Board } from './board.ts';
import type { Numbering } from './numbering.ts';
import type { NvidiaSmiReading } from './parse.ts';
import type { Plan } from './plan.ts';
import type { Run, RunEnd } from './run.ts';
import { type AttemptFacts, afterFailure, afterSuccess, whileAbsent, withStuck } from './state.ts';

/** What one attempt is about. */
export interface Request extends Omit<Extract<Plan, { kind: 'ask' }>, 'kind'> {
  /** Whether readings count as they come, and an end of the program is a failure. */
  readonly isStream: boolean;
}

/** What attempts need. */
export interface AttemptParts {
  start(request: Request, onReading: (reading: NvidiaSmiReading) => void): Run;
  readonly numbering: Numbering;
  readonly board: Board;
  readonly clock: Clock;
  readonly log: Log;
}

/** One attempt after the other. */
export interface Attempts {
  /** Runs the program to its end; tells whether there was a reading, and whether it ended as it should. */
  make(request: Request): Promise<{ readonly hadReading: boolean; readonly ok: boolean }>;
  /** Whether a program that cannot be ended is still there. */
  isStuck(): boolean;
  /** Ends the attempt under way. */
  stop(): void;
}

/** Nothing is under way yet. */
export function createAttempts({ start, numbering, board, clock, log }: AttemptParts): Attempts {
  const logged = new Set<string>();
  let run: Run | undefined;
  let stuck = 0;

  function facts(since: number | undefined, end?: RunEnd): AttemptFacts {
    return {
      nowSeconds: clock.now().getTime() / 1000,
      durationSeconds: since === undefined ? undefined : (clock.elapsedMs() - since) / 1000,
      exitCode: end?.exitCode,
      lost: end?.lost ?? [],
    };
  }

  /** Once a field: the driver prints the same every time. */
  function logUnparsed({ unparsed }: NvidiaSmiReading): void {
    for (const { field, text } of unparsed) {
      if (logged.has(field)) continue;
      logged.add(field);
      log.warn({ field, text: text.slice(0, 100) }, 'nvidia-smi gives a value that is not understood');
    }
  }

  function countStuck(change: number): void {
    stuck += change;
    board.amend((before) => withStuck(before, stuck));
  }

  function fail(end: RunEnd, since: number, hasDevices: boolean): void {
    const neverWorked = board.read().collection.lastSuccessSeconds === undefined;
    // A machine without a GPU may have the driver's tools; one that hangs is worth knowing of all the same.
    // One that is gone from the bus may be known to nvidia-smi alone.
    const isAbsent = !hasDevices && neverWorked && end.lost.length === 0 && end.failure.reason !== 'timeout';
    board.update((before) =>
      isAbsent ? whileAbsent(before, end.failure) : afterFailure(before, end.failure, facts(since, end)),
    );
  }

  async function make(request: Request): Promise<{ readonly hadReading: boolean; readonly ok: boolean }> {
    const { isStream, only, addresses, hasDevices } = request;
    const context = { askedAll: only === undefined, addresses };
    const since = clock.elapsedMs();
    let last: NvidiaSmiReading | undefined;
    const started = start(request, (found) => {
      const reading = numbering(found, context);
      last = reading;
      logUnparsed(reading);
      if (!isStream) return;
      board.update((before) => afterSuccess(before, reading, facts(undefined)));
      started.progress();
    });
    run = started;
    const end = await started.ended;
    run = undefined;
    if (end.stuck) {
      countStuck(1);
      started.gone.then(() => countStuck(-1));
    }
    if (end.calledOff) return { hadReading: last !== undefined, ok: true };
    const reading = isStream ? undefined : last;
    if (reading === undefined) fail(end, since, hasDevices);
    else board.update((before) => afterSuccess(before, reading, facts(since, end)));
    return { hadReading: last !== undefined, ok: reading !== undefined };
  }

  return { make, isStuck: () => stuck > 0, stop: () => run?.stop() };
}
