import { describe, expect, it } from 'vitest';
import { UnitEvents } from '../../../src/sources/systemd/events.ts';

const NOW = new Date('2026-11-21T12:00:00Z');
const NAME = 'a.service';

type Change = Readonly<Record<string, unknown>>;

const run = (hex: string) => ({ InvocationID: Buffer.from(hex, 'hex') });

/** Counts of a unit that was running in invocation `aa` at first sight, after some changes. */
function countsAfter(
  changes: readonly Change[],
  first = { activeState: 'active', result: 'success', invocation: 'aa' },
) {
  const events = new UnitEvents();
  events.watch(NAME, first);
  for (const change of changes) events.changed(NAME, new Map(Object.entries(change)), NOW);
  return events.countsOf(NAME);
}

const crash: readonly Change[] = [
  { Result: 'signal' },
  { ActiveState: 'activating', SubState: 'auto-restart', ...run('aa') },
];
const restart = (hex: string): readonly Change[] => [
  { Result: 'success', NRestarts: 1 },
  { ActiveState: 'active', SubState: 'running', ...run(hex) },
];

describe('events of a unit', () => {
  it('begin at 0, whatever the unit has behind it', () => {
    expect(countsAfter([])).toMatchObject({ activations: 0, lastFailureSeconds: undefined });
    const failed = { activeState: 'failed', result: 'exit-code', invocation: 'aa' };
    expect(countsAfter([{ ActiveState: 'failed', SubState: 'failed' }], failed)?.failures['exit-code']).toBe(
      0,
    );
  });

  it('count a crash after which systemd restarts it, and the start', () => {
    const counts = countsAfter([...crash, ...restart('bb')]);
    expect(counts).toMatchObject({ activations: 1, lastFailureSeconds: NOW.getTime() / 1000 });
    expect(counts?.failures.signal).toBe(1);
  });

  it('count each change once, though systemd tells it several times', () => {
    const counts = countsAfter([...crash, ...crash, ...restart('bb'), ...restart('bb')]);
    expect(counts?.failures.signal).toBe(1);
    expect(counts?.activations).toBe(1);
  });

  it('count the failure for good that follows the last crash no second time', () => {
    const counts = countsAfter([...crash, { ActiveState: 'failed', SubState: 'failed', ...run('aa') }]);
    expect(counts?.failures.signal).toBe(1);
  });

  it('count every run that fails', () => {
    const again: readonly Change[] = [{ Result: 'exit-code' }, { ActiveState: 'failed', SubState: 'failed' }];
    const counts = countsAfter([...crash, ...restart('bb'), ...again]);
    expect([counts?.failures.signal, counts?.failures['exit-code']]).toEqual([1, 1]);
  });

  it('count no failure when the unit ends well or is stopped', () => {
    const stop: readonly Change[] = [{ Result: 'success' }, { ActiveState: 'inactive', SubState: 'dead' }];
    const counts = countsAfter([...stop, { ActiveState: 'activating', SubState: 'auto-restart' }]);
    expect(Object.values(counts?.failures ?? {}).every((count) => count === 0)).toBe(true);
  });

  it('count a result that systemd may bring later as other', () => {
    const counts = countsAfter([{ Result: 'eaten-by-a-grue' }, { ActiveState: 'failed' }]);
    expect(counts?.failures.other).toBe(1);
  });

  it('stay when the unit is seen anew, and go with it', () => {
    const events = new UnitEvents();
    events.watch(NAME, { activeState: 'inactive', result: 'success', invocation: '' });
    events.changed(NAME, new Map(Object.entries({ ActiveState: 'active', ...run('bb') })), NOW);
    events.watch(NAME, { activeState: 'active', result: 'success', invocation: 'bb' });
    expect(events.countsOf(NAME)?.activations).toBe(1);
    events.keepOnly(new Set([NAME]));
    expect(events.countsOf(NAME)?.activations).toBe(1);
    events.keepOnly(new Set(['b.service']));
    expect(events.countsOf(NAME)).toBeUndefined();
  });

  it('are not counted of a unit that is not watched', () => {
    const events = new UnitEvents();
    events.changed(NAME, new Map([['ActiveState', 'failed']]), NOW);
    expect(events.countsOf(NAME)).toBeUndefined();
  });
});
