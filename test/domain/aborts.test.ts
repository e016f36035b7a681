import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Aborts } from '../../src/domain/aborts.ts';

describe('aborts', () => {
  it('tell everybody who has not left, once, with one listener on the signal', () => {
    const aborts = new Aborts();
    const { signal, abort } = controller();
    const told: string[] = [];
    const leave = ['a', 'b', 'c'].map((name) => aborts.listen(signal, () => told.push(name)));
    leave[1]?.();
    expect(getEventListeners(signal, 'abort').length).toBe(1);
    abort();
    abort();
    expect(told).toEqual(['a', 'c']);
    expect(getEventListeners(signal, 'abort').length).toBe(0);
  });

  it('leave the signal alone once all have left, and listen again for the next', () => {
    const aborts = new Aborts();
    const { signal, abort } = controller();
    const told: string[] = [];
    const leave = ['a', 'b'].map((name) => aborts.listen(signal, () => told.push(name)));
    for (const one of [...leave, ...leave]) one();
    expect(getEventListeners(signal, 'abort').length).toBe(0);
    aborts.listen(signal, () => told.push('c'));
    abort();
    expect(told).toEqual(['c']);
  });

  it('keep signals apart', () => {
    const aborts = new Aborts();
    const [one, other] = [controller(), controller()];
    const told: string[] = [];
    aborts.listen(one.signal, () => told.push('one'));
    aborts.listen(other.signal, () => told.push('other'));
    other.abort();
    expect(told).toEqual(['other']);
  });

  it('let those leave who are being told', () => {
    const aborts = new Aborts();
    const { signal, abort } = controller();
    const told: string[] = [];
    const leave: (() => void)[] = [];
    for (const name of ['a', 'b', 'c']) {
      leave.push(
        aborts.listen(signal, () => {
          told.push(name);
          for (const one of leave) one();
        }),
      );
    }
    abort();
    expect(told).toEqual(['a', 'b', 'c']);
  });
});

function controller() {
  const one = new AbortController();
  return { signal: one.signal, abort: () => one.abort() };
}
