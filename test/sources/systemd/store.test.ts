import { describe, expect, it } from 'vitest';
import { UnitStore } from '../../../src/sources/systemd/store.ts';
import { unitReading } from '../../fakes/unit-reading.ts';

const A = '/org/freedesktop/systemd1/unit/a_2eservice';
const B = '/org/freedesktop/systemd1/unit/b_2eservice';

describe('UnitStore', () => {
  it('knows a unit from its path before it has been read', () => {
    const store = new UnitStore();
    store.add(A, 'a.service');
    expect([store.nameAt(A), store.paths(), store.readings()]).toEqual(['a.service', [A], []]);
  });

  it('shows the last reading of each unit', () => {
    const store = new UnitStore();
    store.add(A, 'a.service');
    store.add(B, 'b.service');
    store.update(A, unitReading({ name: 'a.service', activeState: 'activating' }));
    store.update(B, unitReading({ name: 'b.service' }));
    store.update(A, unitReading({ name: 'a.service', activeState: 'failed' }));
    expect(store.readings().map(({ name, activeState }) => [name, activeState])).toEqual([
      ['a.service', 'failed'],
      ['b.service', 'active'],
    ]);
  });

  it('keeps the reading of a unit that is told anew', () => {
    const store = new UnitStore();
    store.add(A, 'a.service');
    store.update(A, unitReading());
    store.add(A, 'a.service');
    expect(store.readings()).toHaveLength(1);
  });

  it('shows a unit that could not be read no more, and still knows it', () => {
    const store = new UnitStore();
    store.add(A, 'a.service');
    store.update(A, unitReading());
    store.update(A, undefined);
    expect([store.readings(), store.nameAt(A)]).toEqual([[], 'a.service']);
  });

  it('forgets a unit that is gone, and does not bring it back for a late reading', () => {
    const store = new UnitStore();
    store.add(A, 'a.service');
    store.update(A, unitReading());
    store.remove(A);
    store.update(A, unitReading());
    expect([store.nameAt(A), store.paths(), store.readings()]).toEqual([undefined, [], []]);
  });

  it('drops every unit that is not in a new list', () => {
    const store = new UnitStore();
    store.add(A, 'a.service');
    store.add(B, 'b.service');
    store.update(A, unitReading({ name: 'a.service' }));
    store.update(B, unitReading({ name: 'b.service' }));
    store.keepOnly(new Set([B, '/another']));
    expect([store.paths(), store.readings().map(({ name }) => name)]).toEqual([[B], ['b.service']]);
  });

  it('gives the same object for as long as nothing of a unit has changed', () => {
    const store = new UnitStore();
    store.add(A, 'a.service');
    store.update(A, unitReading({ name: 'a.service' }));
    const [first] = store.readings();
    store.update(A, unitReading({ name: 'a.service' }));
    store.add(A, 'a.service');
    expect(store.readings()[0]).toBe(first);
    store.updateFile(A, { state: 'enabled', needsReload: true });
    const [second] = store.readings();
    expect(second?.file?.needsReload).toBe(true);
    store.updateFile(A, { state: 'enabled', needsReload: true });
    expect(store.readings()[0]).toBe(second);
    store.events.watch('a.service', { activeState: 'inactive', result: 'success', invocation: '' });
    const [third] = store.readings();
    expect([third === second, third?.events?.activations]).toEqual([false, 0]);
    store.events.changed('a.service', new Map([['ActiveState', 'active']]), new Date(0));
    expect(store.readings()[0]).toBe(third);
    const run = new Map<string, unknown>([
      ['ActiveState', 'active'],
      ['InvocationID', Buffer.from('01')],
    ]);
    store.events.changed('a.service', run, new Date(0));
    expect(store.readings()[0]?.events?.activations).toBe(1);
  });

  it('tells which units are loaded', () => {
    const store = new UnitStore();
    store.add(A, 'a.service');
    store.add(B, 'b.service');
    store.update(A, unitReading({ name: 'a.service', loadState: 'masked' }));
    store.update(B, unitReading({ name: 'b.service' }));
    expect(store.loadedPaths()).toEqual([B]);
  });
});
