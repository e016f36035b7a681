import { describe, expect, it } from 'vitest';
import { createNumbering, type NumberingContext } from '../../../src/sources/nvidia/numbering.ts';
import type { NvidiaSmiReading } from '../../../src/sources/nvidia/parse.ts';
import { gpuReading } from '../../fakes/gpu-reading.ts';

const ALL: NumberingContext = { askedAll: true, addresses: [] };

const addressOf = (bus: number) => `0000:0${bus}:00.0`;

/** A document of GPUs on these buses; their device files are numbered as given. */
function documentOf(
  buses: readonly number[],
  { attached = buses.length, minorNumbers = [], lost = [] }: Partial<NvidiaSmiReading> = {},
): NvidiaSmiReading {
  const gpus = buses.map((bus, index) =>
    gpuReading({ gpu: String(index), uuid: `GPU-${bus}`, pciBusId: addressOf(bus) }),
  );
  return { gpus, attached, lost, minorNumbers, unavailable: new Map(), unparsed: [] };
}

const numbersOf = ({ gpus }: NvidiaSmiReading) => gpus.map(({ gpu }) => gpu);

describe('numbers of GPUs', () => {
  it('are their places in a whole document', () => {
    expect(numbersOf(createNumbering()(documentOf([1, 2, 3], { minorNumbers: [3, 1, 2] }), ALL))).toEqual([
      '0',
      '1',
      '2',
    ]);
  });

  it('stay when one is left out', () => {
    const number = createNumbering();
    number(documentOf([1, 2, 3]), ALL);
    expect(numbersOf(number(documentOf([2, 3], { attached: 3 }), ALL))).toEqual(['1', '2']);
    expect(numbersOf(number(documentOf([3]), { askedAll: false, addresses: [] }))).toEqual(['2']);
  });

  it('are places by address where all that the driver has are known of', () => {
    const asked = { askedAll: false, addresses: [1, 2, 3].map(addressOf) };
    const minorNumbers = [0, 1];
    expect(numbersOf(createNumbering()(documentOf([2, 3], { attached: 3, minorNumbers }), asked))).toEqual([
      '1',
      '2',
    ]);
    const lost = [addressOf(1)];
    expect(numbersOf(createNumbering()(documentOf([2], { attached: 2, lost }), ALL))).toEqual(['1']);
  });

  it('are those of the device files where not all are known of', () => {
    expect(numbersOf(createNumbering()(documentOf([2], { attached: 2, minorNumbers: [1] }), ALL))).toEqual([
      '1',
    ]);
  });

  it('are places by address where there is nothing else', () => {
    const asked = { askedAll: false, addresses: [1, 2].map(addressOf) };
    expect(numbersOf(createNumbering()(documentOf([2], { attached: 1 }), asked))).toEqual(['1']);
  });

  it('are never given twice', () => {
    const twins = documentOf([2, 2, 3], { attached: 4, minorNumbers: [1, 1, 1] });
    const numbers = numbersOf(createNumbering()(twins, ALL));
    expect(new Set(numbers).size).toBe(3);
    const number = createNumbering();
    number(documentOf([1, 2]), ALL);
    expect(numbersOf(number(documentOf([2, 3], { attached: 3, minorNumbers: [1, 1] }), ALL))).toEqual([
      '1',
      '2',
    ]);
  });

  it('are given anew where another GPU is', () => {
    const number = createNumbering();
    number(documentOf([1, 2]), ALL);
    number(documentOf([3, 2]), ALL);
    expect(numbersOf(number(documentOf([3], { attached: 2 }), ALL))).toEqual(['0']);
    expect(numbersOf(number(documentOf([1], { attached: 3, minorNumbers: [2] }), ALL))).toEqual(['2']);
  });
});
