import { describe, expect, it, onTestFinished } from 'vitest';
import type { Probe, ProbeOutcome } from '../../../src/domain/probe.ts';
import { startProbeSource } from '../../../src/sources/probe/source.ts';
import { recordedLog } from '../../fakes/recorded-log.ts';
import { createVirtualClock } from '../../fakes/virtual-clock.ts';

const WELL: ProbeOutcome = { failure: undefined, values: new Map(), notes: [] };
const REFUSED: ProbeOutcome = { ...WELL, failure: { reason: 'refused', detail: 'nobody listens' } };

const TIMEOUT: ProbeOutcome = { ...WELL, failure: { reason: 'timeout', detail: 'nobody answers' } };

const INTERVAL_MS = 30_000;

/** A probe that answers at once, or as it is told. */
function probeOf(
  name: string,
  ask: Probe['ask'] = async () => WELL,
  timeoutMs = 5000,
  intervalMs = INTERVAL_MS,
): Probe {
  return { name, type: 'http', unit: '', timing: { intervalMs, timeoutMs }, ask };
}

/** Answers once, and then waits in line for ever. */
function once(outcome: ProbeOutcome): Probe['ask'] {
  let isFirst = true;
  return () => {
    if (!isFirst) return new Promise(() => undefined);
    isFirst = false;
    return Promise.resolve(outcome);
  };
}

function started(...probes: readonly Probe[]) {
  const clock = createVirtualClock();
  const { log, lines } = recordedLog();
  const marked = (all: readonly Probe[]) => all.map((probe) => ({ mark: probe.name, probe }));
  const source = startProbeSource(marked(probes), { clock, log, random: () => 0.5 });
  onTestFinished(() => source.stop());
  const only = () => {
    const [reading] = source.read();
    if (reading === undefined) throw new Error('there is no reading');
    return reading;
  };
  return { clock, lines, source, only, replace: (...next: readonly Probe[]) => source.replace(marked(next)) };
}

describe('probes in the background', () => {
  it('are asked on their own schedule, without drift where answers are slow', async () => {
    const asked: number[] = [];
    const { clock, only } = started(
      probeOf('slow', async () => {
        asked.push(clock.elapsedMs());
        await clock.sleep(4000);
        return WELL;
      }),
    );
    expect(only()).toMatchObject({ last: undefined, runs: 0, isStale: false });
    await clock.advance(10_000 + 10 * INTERVAL_MS);
    expect(asked.slice(1).map((time, index) => Math.round(time - (asked[index] ?? 0)))).toEqual(
      new Array(asked.length - 1).fill(INTERVAL_MS),
    );
    expect(asked.length).toBeGreaterThanOrEqual(10);
    expect(only().last).toMatchObject({ outcome: WELL, durationSeconds: 4 });
    // The last one may be under way.
    expect(asked.length - only().runs).toBeLessThanOrEqual(1);
  });

  it('count failures by reason, and log each change once', async () => {
    let outcome = REFUSED;
    const { clock, lines, only } = started(probeOf('a', async () => outcome));
    await clock.advance(10_000);
    expect([only().failures.get('refused'), only().failures.get('certificate')]).toEqual([1, 0]);
    await clock.advance(2 * INTERVAL_MS);
    expect(only().failures.get('refused')).toBe(3);
    outcome = WELL;
    await clock.advance(2 * INTERVAL_MS);
    expect(only().failures.get('refused')).toBe(3);
    expect(lines.map(({ level, message, fields }) => [level, message, fields['reason']])).toEqual([
      ['warn', 'probe failed', 'refused'],
      ['info', 'probe succeeds again', undefined],
    ]);
  });

  it('give the same reading again as long as nothing has happened', async () => {
    const { clock, only } = started(probeOf('a'));
    await clock.advance(10_000);
    const before = only();
    expect(only()).toBe(before);
    await clock.advance(INTERVAL_MS);
    expect(only()).not.toBe(before);
  });

  it('are all under way at once where they wait for services, so that those that hang delay nobody', async () => {
    const hang: Probe['ask'] = async () => {
      await clock.sleep(1000);
      return TIMEOUT;
    };
    const hanging = Array.from({ length: 120 }, (_, index) => probeOf(`hangs${index}`, hang, 1000, 1000));
    const { clock, source } = started(
      ...hanging,
      probeOf('well', async () => WELL, 1000, 1000),
    );
    await clock.advance(21_500);
    const readings = source.read();
    expect(Math.min(...readings.map(({ runs }) => runs))).toBeGreaterThanOrEqual(10);
    expect(readings.every(({ last, isStale }) => last !== undefined && !isStale)).toBe(true);
    expect(readings.at(-1)?.last?.outcome).toBe(WELL);
  });

  it('are 512 at a time, and files and programs take none of those places', async () => {
    const asked = { http: 0, command: 0 };
    const hang =
      (type: 'http' | 'command'): Probe['ask'] =>
      () => {
        asked[type] += 1;
        return new Promise(() => undefined);
      };
    const many = (type: 'http' | 'command') =>
      Array.from({ length: 520 }, (_, index) => ({ ...probeOf(`${type}${index}`, hang(type)), type }));
    const { clock, source } = started(...many('http'), ...many('command'));
    await clock.advance(10_000);
    expect(asked).toEqual({ http: 512, command: 520 });
    await source.stop();
    expect([asked.http, source.read()]).toEqual([512, []]);
  });

  it('do not take time in line for time of the service', async () => {
    const { clock, only } = started(
      probeOf('a', async () => {
        await clock.sleep(4000);
        return { ...WELL, waitedSeconds: 3 };
      }),
    );
    await clock.advance(14_000);
    expect(only().last?.durationSeconds).toBe(1);
  });

  it('tell when the last good answer says nothing about now', async () => {
    const { clock, only } = started(probeOf('a', once(WELL)));
    await clock.advance(10_000);
    expect(only()).toMatchObject({ runs: 1, isStale: false });
    await clock.advance(3 * INTERVAL_MS - 5000);
    expect(only().isStale).toBe(false);
    await clock.advance(20_000);
    expect(only().isStale).toBe(true);
  });

  it('go on to tell of a failure until there is another answer, though not what else was said then', async () => {
    const failure = REFUSED.failure;
    const { clock, only } = started(
      probeOf('a', once({ failure, values: new Map([['depth', 7]]), httpStatus: 503, notes: [] })),
    );
    await clock.advance(10_000 + 10 * INTERVAL_MS);
    expect(only()).toMatchObject({ runs: 1, isStale: false });
    expect(only().last?.outcome).toEqual({ failure, values: new Map(), notes: [] });
    expect(only()).toBe(only());
  });

  it('take other probes over; the same ones go on, counters and all, in the new order', async () => {
    const asked: string[] = [];
    const named = (name: string) =>
      probeOf(name, async (signal) => {
        asked.push(name);
        signal.throwIfAborted();
        return WELL;
      });
    const { clock, source, replace } = started(named('kept'), named('gone'));
    await clock.advance(10_000 + INTERVAL_MS);
    const runs = source.read()[0]?.runs;
    expect(runs).toBeGreaterThan(0);
    replace(named('new'), named('kept'));
    expect(source.read().map((reading) => [reading.name, reading.runs])).toEqual([
      ['new', 0],
      ['kept', runs],
    ]);
    asked.length = 0;
    await clock.advance(10_000 + INTERVAL_MS);
    expect(new Set(asked)).toEqual(new Set(['kept', 'new']));
  });
});
