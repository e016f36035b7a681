import type { Clock } from '../../domain/clock.ts';
import type { Log } from '../../domain/log.ts';
import type { Probe, ProbeFailureReason, ProbeOutcome, ProbeReading } from '../../domain/probe.ts';
import { REASONS_OF_TYPE } from '../../domain/probes/reasons.ts';
import type { Places } from '../../host/slow/slow-files.ts';
import { firstDueMs, nextDueMs, staleAfterMs } from './schedule.ts';

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
  readonly gate: Places;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly log: Log;
}

/** Starts to ask a probe on its own schedule, one question at a time. */
export function followProbe(probe: Probe, { gate, clock, random, log }: FollowOptions): FollowedProbe {
  const { name, type, unit, timing } = probe;
  const stopping = new AbortController();
  const failures = new Map<ProbeFailureReason, number>(REASONS_OF_TYPE[type].map((reason) => [reason, 0]));
  let reading: ProbeReading = { name, type, unit, last: undefined, isStale: false, runs: 0, failures };
  let endedMs = 0;

  function record(outcome: ProbeOutcome, durationSeconds: number): void {
    tellChange(reading.last?.outcome, outcome);
    const counts = countsWith(reading.failures, outcome.failure?.reason);
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
    const begun = clock.elapsedMs();
    const outcome = await unlessAborted(probe.ask(stopping.signal), stopping.signal);
    const seconds = (clock.elapsedMs() - begun) / 1000 - (outcome.waitedSeconds ?? 0);
    record(outcome, Math.max(0, seconds));
  }

  async function goOn(): Promise<void> {
    let due = firstDueMs(name, clock.elapsedMs(), timing);
    while (!stopping.signal.aborted) {
      await clock.sleep(Math.max(0, due - clock.elapsedMs()), stopping.signal);
      await gate(ask, stopping.signal);
      due = nextDueMs(due, clock.elapsedMs(), timing, random());
    }
  }

  // Rejects only when it is told to stop.
  const ended = goOn().catch(() => undefined);
  return {
    reading() {
      const isOld = reading.last !== undefined && clock.elapsedMs() - endedMs > staleAfterMs(timing);
      if (isOld) reading = asOld(reading);
      return reading;
    },
    stop() {
      stopping.abort(new Error('fettle is stopping'));
      return ended;
    },
  };
}

function countsWith(
  counts: ProbeReading['failures'],
  reason: ProbeFailureReason | undefined,
): ProbeReading['failures'] {
  return reason === undefined ? counts : new Map(counts).set(reason, (counts.get(reason) ?? 0) + 1);
}

/** No race with a promise that lives as long as the probe: it would keep what lost against each question. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    const end = () => signal.removeEventListener('abort', onAbort);
    work.then(resolve, reject).then(end, end);
  });
}

/**
 * What an answer is worth that is too old, as where a probe waits in line behind others that hang.
 *
 * That all was well says nothing about now. That it was not stays told, for it would otherwise look mended; what else
 * the answer said does not. Gives the same object if that has been done.
 */
function asOld(reading: ProbeReading): ProbeReading {
  const { last, isStale } = reading;
  if (last === undefined || isStale) return reading;
  const { failure, values, notes } = last.outcome;
  if (failure === undefined) return { ...reading, isStale: true };
  if (Object.keys(last.outcome).length === 3 && values.size === 0 && notes.length === 0) return reading;
  return { ...reading, last: { ...last, outcome: { failure, values: new Map(), notes: [] } } };
}
