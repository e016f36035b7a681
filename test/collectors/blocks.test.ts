import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBlocks } from '../../src/collectors/blocks.ts';
import { defineMetric, sample } from '../../src/domain/metric.ts';

const METRIC = defineMetric({ name: 'a', help: 'A.', type: 'gauge', labels: ['unit'], source: 'test' });

interface Reading {
  readonly name: string;
  readonly value: number;
}

const create = () =>
  createBlocks<Reading>(
    ({ name }) => name,
    ({ name, value }) => [sample(METRIC, { unit: name }, value)],
  );

const readings = (count: number): Reading[] =>
  Array.from({ length: count }, (_, n) => ({ name: `u${n}.service`, value: n }));

describe('createBlocks', () => {
  it('has every sample of every reading once, however many there are', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { maxLength: 300 }), (names) => {
        const given = names.map((name, value) => ({ name, value }));
        const samples = create()(given).flatMap((block) => block.samples());
        const told = samples.map(({ labels, value }) => `${labels['unit']} ${value}`).sort();
        expect(told).toEqual(given.map(({ name, value }) => `${name} ${value}`).sort());
      }),
    );
  });

  it('gives the same blocks for the same readings', () => {
    const blocksOf = create();
    const all = readings(300);
    const first = blocksOf(all);
    expect(first.length).toBeGreaterThan(2);
    for (const [index, block] of blocksOf([...all]).entries()) expect(block).toBe(first[index]);
  });

  it('gives a new block only where a reading is another object, has come or has gone', () => {
    const blocksOf = create();
    const all = readings(300);
    const first = blocksOf(all);
    const changed = all.map((one) => (one.name === 'u7.service' ? { ...one, value: -1 } : one));
    const second = blocksOf(changed);
    expect(second.filter((block, index) => block !== first[index])).toHaveLength(1);
    const third = blocksOf(changed.filter(({ name }) => name !== 'u0.service'));
    expect(third.filter((block, index) => block !== second[index])).toHaveLength(1);
    const samples = third.flatMap((block) => block.samples());
    expect(samples.find(({ labels }) => labels['unit'] === 'u7.service')?.value).toBe(-1);
    expect(samples.some(({ labels }) => labels['unit'] === 'u0.service')).toBe(false);
  });

  it('lets go of blocks that nobody uses any more, however often they change', async () => {
    const blocksOf = create();
    const old: WeakRef<object>[] = [];
    for (let round = 0; round < 5; round += 1) {
      old.push(...blocksOf(readings(100)).map((block) => new WeakRef(block)));
      await nextTurn(); // a WeakRef holds on to its object until the turn ends
    }
    const last = blocksOf(readings(100));
    await nextTurn();
    collectGarbage();
    expect(old.filter((block) => block.deref() !== undefined)).toEqual([]);
    expect(last.flatMap((block) => block.samples())).toHaveLength(100);
  });
});

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
}
