import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GpuReading } from '../../../src/domain/gpu.ts';
import type { CollectedGpus } from '../../../src/domain/gpu-collection.ts';
import { createNumbering } from '../../../src/sources/nvidia/numbering.ts';
import {
  createNvidiaSmiParser,
  type NvidiaSmiReading,
  parseNvidiaSmi,
} from '../../../src/sources/nvidia/parse.ts';
import { afterSuccess, nothingCollected } from '../../../src/sources/nvidia/state.ts';
import { nvidiaCapture, nvidiaCaptures } from '../../fakes/nvidia-smi-documents.ts';
import { repeatedSeries } from '../../fakes/repeated-series.ts';

/** `FUZZ_DOCUMENTS=10000` for a longer run. */
const DOCUMENTS = Number(process.env['FUZZ_DOCUMENTS'] ?? 1000);

const captures = nvidiaCaptures().map(nvidiaCapture);

/** What one mutation does to a text, at a place from 0 to 1. */
type Mutate = (text: string, at: number, size: number) => string;

const insert =
  (what: string): Mutate =>
  (text, at) => {
    const place = Math.floor(at * text.length);
    return text.slice(0, place) + what + text.slice(place);
  };

/** Puts something in the place of the value next to a place. */
const replaceValue =
  (what: string): Mutate =>
  (text, at) => {
    const place = Math.floor(at * text.length);
    return text.slice(0, place) + text.slice(place).replace(/>[^<>]+<\//, `>${what}</`);
  };

const MUTATIONS: readonly Mutate[] = [
  (text, at) => text.slice(0, Math.floor(at * text.length)),
  (text, at, size) => {
    const place = Math.floor(at * text.length);
    return text.slice(0, place) + text.slice(place + size);
  },
  (text, at, size) => {
    const place = Math.floor(at * text.length);
    return text.slice(0, place) + String.fromCharCode(size * 7) + text.slice(place + 1);
  },
  (text, at) => {
    const place = Math.floor(at * text.length);
    return text.slice(0, place) + text.slice(place).replace(/<(\w+)>([^<]*)<\/(\w+)>/, '<$3>$2</$1x>');
  },
  (text, at) => {
    const place = Math.floor(at * text.length);
    return (
      text.slice(0, place) +
      text.slice(place).replace(/(<\w+>[^<]*<\/\w+>)(\s*)(<\w+>[^<]*<\/\w+>)/, '$3$2$1')
    );
  },
  (text, at) => {
    const place = Math.floor(at * text.length);
    return (
      text.slice(0, place) + text.slice(place).replace(/<(\w+)>([^<]*)<\/\w+>/, '<__proto__>$2</__proto__>')
    );
  },
  insert('<__proto__><fan_speed>77 %</fan_speed></__proto__>'),
  insert('<constructor>1</constructor><toString/>'),
  insert('<gpu id="__proto__"><uuid>__proto__</uuid></gpu>'),
  insert('&amp;&lt;&#0;&#x110000;&nothing;&__proto__;'),
  insert('<!DOCTYPE a [<!ENTITY x "99">]>'),
  insert('&x;'),
  insert('<![CDATA[ 13 ]]>'),
  insert('<!-- 14 -->'),
  insert('\0\uFFFD\uD800'),
  insert('<?xml version="1.0"?>'),
  insert('<nvidia_smi_log>'),
  insert('</nvidia_smi_log>'),
  insert('</gpu>'),
  // Something is said twice.
  (text, at) => {
    const place = Math.floor(at * text.length);
    return text.slice(0, place) + text.slice(place).replace(/<(\w+)>[\s\S]*?<\/\1>/, '$&$&');
  },
  (text) =>
    text.replaceAll(
      '</mig_device>',
      '</mig_device><mig_device><gpu_instance_id>1</gpu_instance_id><compute_instance_id>0</compute_instance_id></mig_device>',
    ),
  (text) =>
    text.replaceAll(
      '<volatile>',
      '<volatile><double_bit><device_memory>1</device_memory><total>2</total></double_bit>',
    ),
  (text) =>
    text.replace(/<gpu id=[\s\S]*?<\/gpu>/, '$&$&').replaceAll(/<attached_gpus>\d+/g, '<attached_gpus>200'),
  (text) => text.replaceAll(/<attached_gpus>\d+/g, '<attached_gpus>200'),
  replaceValue('99999999999999999999999 MiB'),
  replaceValue('-1'),
  replaceValue('1e999 W'),
  replaceValue('NaN'),
  replaceValue('Infinity C'),
  replaceValue('0x7f'),
  replaceValue('__proto__'),
  replaceValue('P99'),
  replaceValue('18446744073709551615'),
];

const mutation = fc.record({
  mutate: fc.constantFrom(...MUTATIONS),
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  size: fc.integer({ min: 1, max: 300 }),
});

const mutated = fc
  .record({
    capture: fc.constantFrom(...captures),
    mutations: fc.array(mutation, { minLength: 1, maxLength: 6 }),
  })
  .map(({ capture, mutations }) =>
    mutations.reduce((text, { mutate, at, size }) => mutate(text, at, size), capture),
  );

/** All that a document may mean by the numbers in it, in base units. */
function meaningsOf(text: string): ReadonlySet<number> {
  const numbers = text.match(/-?\d+(\.\d+)?/g) ?? [];
  return new Set(
    numbers
      .map(Number)
      .flatMap((n) => [n, n / 100, n * 1000, n / 1e6, n * 1e6, n * 1024 * 1024, Math.abs(n)]),
  );
}

/** The numbers of a reading that are printed as such: sums, codes and the place in the list are not. */
function printedNumbers(gpu: GpuReading): readonly number[] {
  const { gpu: _, recoveryAction, eccVolatile, eccAggregate, ...rest } = gpu;
  return numbersIn(rest);
}

function numbersIn(value: unknown): readonly number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

function checkReading(text: string, { gpus, unavailable, attached }: NvidiaSmiReading): void {
  const meanings = meaningsOf(text);
  for (const gpu of gpus) {
    expect(printedNumbers(gpu).filter((value) => !meanings.has(value))).toEqual([]);
    expect(numbersIn(gpu).filter((value) => !Number.isFinite(value))).toEqual([]);
    for (const { count } of [...gpu.eccVolatile, ...gpu.eccAggregate])
      expect(count).toBeGreaterThanOrEqual(0);
    expect([undefined, 0, 1, 2, 3, 4]).toContain(gpu.recoveryAction);
    expect(Object.getPrototypeOf(gpu.utilization)).toBe(Object.prototype);
  }
  for (const count of unavailable.values()) expect(count).toBeLessThanOrEqual(Math.max(1, gpus.length));
  if (attached !== undefined) expect(meanings.has(attached)).toBe(true);
}

/** What is known when this has been read. */
function collectedOf(reading: NvidiaSmiReading): CollectedGpus {
  const facts = { nowSeconds: 1000, durationSeconds: 1, exitCode: 0, lost: [] };
  return afterSuccess(nothingCollected('nvidia-smi'), reading, facts);
}

describe(`${DOCUMENTS} documents that have been spoilt`, () => {
  it('give values that were in them, or none, no series twice, and spoil nothing else', async () => {
    let whole = 0;
    await fc.assert(
      fc.asyncProperty(mutated, async (text) => {
        const parsed = parseNvidiaSmi(text);
        if (parsed instanceof Error) return;
        whole += 1;
        checkReading(text, parsed);
        const numbered = createNumbering()(parsed, { askedAll: false, addresses: [] });
        expect(await repeatedSeries(collectedOf(numbered))).toEqual([]);
      }),
      { numRuns: DOCUMENTS },
    );
    expect(whole).toBeGreaterThan(DOCUMENTS / 20);
    expect('fan_speed' in {}).toBe(false);
  }, 120_000);

  it('mean the same in whatever parts they come', () => {
    fc.assert(
      fc.property(mutated, fc.integer({ min: 1, max: 5000 }), (text, size) => {
        const inParts: (NvidiaSmiReading | Error)[] = [];
        const parser = createNvidiaSmiParser({
          document: (one) => inParts.push(one),
          outside: () => undefined,
        });
        for (let start = 0; start < text.length; start += size) parser.write(text.slice(start, start + size));
        parser.end();
        const atOnce = parseNvidiaSmi(text);
        const [first] = inParts;
        if (atOnce instanceof Error) expect(first === undefined || first instanceof Error).toBe(true);
        else expect(first).toEqual(atOnce);
      }),
      { numRuns: Math.ceil(DOCUMENTS / 10) },
    );
  }, 120_000);
});
