import type { Clock } from '../../domain/clock.ts';
import { messageOf } from '../../domain/errors.ts';
import { withinLimit } from '../../domain/limit.ts';
import type { Log } from '../../domain/log.ts';
import type {
  Probe,
  ProbeFailure,
  ProbeFailureReason,
  ProbeOutcome,
  ProbeReading,
} from '../../domain/probe.ts';
import { REASONS_OF_TYPE } from '../../domain/probes/reasons.ts';
import { firstWaitMs, nextDueMs, staleAfterMs } from './schedule.ts';

/** One probe that is asked again and again. */
export interface FollowedProbe {
  /** The same object as before, as long as nothing has happened. */
  reading(): ProbeReading;
  /** Resolves when it asks no more; a question that hangs is left behind. */
  stop(): Promise<void>;
}

/** What all probes share. */
export interface FollowOptions {
  /** Lets so many questions be asked at a time; to wait here is no failure of the probe. */
  readonly gate: <T>(work: () => Promise<T>) => Promise<T>;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly log: Log;
}

/** A probe ends by itself when its time is up; one that does not is left behind so much later. */
const GRACE_MS = 1000;

/** Starts to ask a probe on its own schedule, one question at a time. */
export function followProbe(probe: Probe, { gate, clock, random, log }: FollowOptions): FollowedProbe {
  const { name, type, unit, timing } = probe;
  const stopping = new AbortController();
  const failures = new Map<ProbeFailureReason, number>(REASONS_OF_TYPE[type].map((reason) => [reason, 0]));
  let reading: ProbeReading = { name, type, unit, last: undefined, isStale: false, runs: 0, failures };
  let endedMs = 0;
  let isPending = false;

  function record(outcome: ProbeOutcome, durationSeconds: number): void {
    tellChange(reading.last?.outcome, outcome);
    const counts = new Map(reading.failures);
    const { failure } = outcome;
    if (failure !== undefined) counts.set(failure.reason, (counts.get(failure.reason) ?? 0) + 1);
    endedMs = clock.elapsedMs();
    const last = { outcome, endedSeconds: clock.now().getTime() / 1000, durationSeconds };
    reading = { ...reading, last, isStale: false, runs: reading.runs + 1, failures: counts };
  }

  /** Once each time that it changes: how it goes on is seen in the metrics. */
  function tellChange(before: ProbeOutcome | undefined, { failure }: ProbeOutcome): void {
    if (failure?.reason === before?.failure?.reason) return;
    if (failure === undefined) log.info({ probe: name, unit }, 'probe succeeds again');
    else log.warn({ probe: name, unit, reason: failure.reason, err: failure.detail }, 'probe failed');
  }

  async function ask(): Promise<void> {
    stopping.signal.throwIfAborted();
    const begun = clock.elapsedMs();
    const seconds = () => (clock.elapsedMs() - begun) / 1000;
    if (isPending) return record(failed('timeout', 'the question before has not ended yet'), 0);
    isPending = true;
    try {
      const outcome = await withinLimit(name, timing.timeoutMs + GRACE_MS, stopping.signal, (signal) => {
        const asking = probe.ask(signal);
        void asking
          .catch(() => undefined)
          .then(() => {
            isPending = false;
          });
        return asking;
      });
      record(outcome, seconds());
    } catch (thrown) {
      stopping.signal.throwIfAborted();
      record(
        failed('timeout', `the question did not end when its time was up: ${messageOf(thrown)}`),
        seconds(),
      );
    }
  }

  async function goOn(): Promise<void> {
    let due = clock.elapsedMs() + firstWaitMs(name, timing);
    while (!stopping.signal.aborted) {
      await clock.sleep(Math.max(0, due - clock.elapsedMs()), stopping.signal);
      await gate(ask);
      due = nextDueMs(due, clock.elapsedMs(), timing, random());
    }
  }

  // Rejects only when it is told to stop.
  const ended = goOn().catch(() => undefined);
  return {
    reading() {
      const isStale = reading.last !== undefined && clock.elapsedMs() - endedMs > staleAfterMs(timing);
      if (isStale !== reading.isStale) reading = { ...reading, isStale };
      return reading;
    },
    stop() {
      stopping.abort(new Error('fettle is stopping'));
      return ended;
    },
  };
}

function failed(reason: ProbeFailure['reason'], detail: string): ProbeOutcome {
  return { failure: { reason, detail }, values: new Map(), notes: [] };
}
