import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createAbortWatch } from '../../src/domain/abort-watch.ts';

function setUp() {
  const watch = createAbortWatch();
  const controller = new AbortController();
  const told: string[] = [];
  const add = (name: string) => watch(controller.signal, () => told.push(name));
  const listeners = () => getEventListeners(controller.signal, 'abort').length;
  return { watch, controller, told, add, listeners };
}

describe('createAbortWatch', () => {
  it('tells all who watch, once, with one listener', () => {
    const { controller, told, add, listeners } = setUp();
    for (const name of ['a', 'b', 'c']) add(name);
    expect(listeners()).toBe(1);
    controller.abort();
    expect(told).toEqual(['a', 'b', 'c']);
    expect(listeners()).toBe(0);
  });

  it('leaves out who has stopped, and lets the signal go with the last of them', () => {
    const { controller, told, add, listeners } = setUp();
    const [stopA, stopB] = [add('a'), add('b')];
    stopA();
    expect(listeners()).toBe(1);
    stopB();
    expect(listeners()).toBe(0);
    add('c');
    expect(listeners()).toBe(1);
    controller.abort();
    expect(told).toEqual(['c']);
    stopA();
  });

  it('tells those of one signal apart from those of another', () => {
    const { watch, controller, told, add } = setUp();
    const other = new AbortController();
    watch(other.signal, () => told.push('other'));
    add('a');
    controller.abort();
    expect(told).toEqual(['a']);
    other.abort();
    expect(told).toEqual(['a', 'other']);
  });

  it('lets one that is told stop the others', () => {
    const { watch, controller, told, add } = setUp();
    const stops: (() => void)[] = [];
    watch(controller.signal, () => {
      for (const stop of stops) stop();
    });
    stops.push(add('a'));
    controller.abort();
    expect(told).toEqual([]);
  });
});
