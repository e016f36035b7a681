import { describe, expect, it, onTestFinished } from 'vitest';
import type { Probe, ProbeOutcome } from '../../../src/domain/probe.ts';
import { startProbeSource } from '../../../src/sources/probe/source.ts';
import { recordedLog } from '../../fakes/recorded-log.ts';
import { createVirtualClock } from '../../fakes/virtual-clock.ts';

const WELL: ProbeOutcome = { failure: undefined, values: new Map(), notes: [] };
const REFUSED: ProbeOutcome = { ...WELL, failure: { reason: 'refused', detail: 'nobody listens' } };

const INTERVAL_MS = 30_000;

/** A probe that answers at once, or as it is told. */
function probeOf(name: string, ask: Probe['ask'] = async () => WELL, timeoutMs = 5000): Probe {
  return { name, type: 'http', unit: '', timing: { intervalMs: INTERVAL_MS, timeoutMs }, ask };
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

  it('ask sixteen at a time; who waits for a place has not failed', async () => {
    let underWay = 0;
    let most = 0;
    const ask = async (): Promise<ProbeOutcome> => {
      underWay += 1;
      most = Math.max(most, underWay);
      await clock.sleep(900);
      underWay -= 1;
      return WELL;
    };
    const { clock, source } = started(
      ...Array.from({ length: 100 }, (_, index) => probeOf(`${index}`, ask, 1000)),
    );
    await clock.advance(10_000 + INTERVAL_MS);
    expect(most).toBeLessThanOrEqual(16);
    const readings = source.read();
    expect(readings.every(({ runs }) => runs > 0)).toBe(true);
    expect(readings.flatMap(({ failures }) => [...failures.values()]).every((count) => count === 0)).toBe(
      true,
    );
  });

  it('leave behind one that does not end in time, and do not ask it again while it hangs', async () => {
    let asked = 0;
    let release: (outcome: ProbeOutcome) => void = () => undefined;
    const hanging = probeOf(
      'hangs',
      () => {
        asked += 1;
        return new Promise((resolve) => {
          release = resolve;
        });
      },
      10,
    );
    const { clock, only } = started(hanging);
    await clock.advance(10_000);
    expect(asked).toBe(1);
    // The hard limit is real time: the timeout and a second.
    await until(() => only().runs === 1);
    expect(only().last?.outcome.failure?.reason).toBe('timeout');
    await clock.advance(INTERVAL_MS);
    expect([asked, only().runs, only().failures.get('timeout')]).toEqual([1, 2, 2]);
    release(WELL);
    await clock.advance(INTERVAL_MS);
    expect(asked).toBe(2);
  });

  it('tell when the last answer says nothing about now', async () => {
    let isFirst = true;
    const { clock, only } = started(
      probeOf(
        'a',
        () => {
          if (!isFirst) return new Promise(() => undefined);
          isFirst = false;
          return Promise.resolve(WELL);
        },
        100_000,
      ),
    );
    await clock.advance(10_000);
    expect(only()).toMatchObject({ runs: 1, isStale: false });
    await clock.advance(3 * INTERVAL_MS + 85_000);
    expect(only().isStale).toBe(false);
    await clock.advance(20_000);
    expect(only().isStale).toBe(true);
  });

  it('stop at once, also those that hang and those that wait for a place', async () => {
    let asked = 0;
    const hang: Probe['ask'] = () => {
      asked += 1;
      return new Promise(() => undefined);
    };
    const { clock, source } = started(...Array.from({ length: 40 }, (_, index) => probeOf(`${index}`, hang)));
    await clock.advance(10_000);
    expect(asked).toBe(16);
    await source.stop();
    expect([asked, source.read()]).toEqual([16, []]);
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

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}
