import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type NvidiaSmiReading, parseNvidiaSmi } from '../../src/sources/nvidia/parse.ts';
import { manyGpus, nvidiaCapture, nvidiaCaptures } from '../fakes/nvidia-smi-documents.ts';
import { nvidiaPage } from '../golden/nvidia-page.ts';
import { parsePage } from '../metrics/text-format.ts';
import { PROMISED_METRICS, promisedOfDocument } from './gpu-promises.ts';
import { complaints } from './series.ts';

/** Recorded by others, and not part of the project: read where they are. */
const SAMPLES = fileURLToPath(new URL('../../../shared/samples/nvidia-smi-xml/', import.meta.url));

const samples = existsSync(SAMPLES) ? readdirSync(SAMPLES) : [];

const DOCUMENTS: readonly (readonly [name: string, document: string])[] = [
  ...nvidiaCaptures().map((name) => [name, nvidiaCapture(name)] as const),
  ['8 x rtx-4090-driver-595', manyGpus('rtx-4090-driver-595', 8)],
  ['16 x a100-driver-525', manyGpus('a100-driver-525', 16)],
  ...samples.map((name) => [name, readFileSync(`${SAMPLES}${name}`, 'utf8')] as const),
];

/** Fields of `gpu_value_unavailable` that are single values: no whole section, and nothing that several make up. */
const SINGLE =
  /^((utilization|memory|temperature|temperature_threshold|power_limit|clock|max_clock|throttle|throttle_seconds|pcie|retired_pages|remapped_rows)\..*|temperature_margin|power|fan_speed|performance_state|remap_(pending|failure))$/;

describe.each(DOCUMENTS)('of what %s gives', (_, document) => {
  const promised = promisedOfDocument(document);

  it('every value is a series on the page, and no series is there without', async () => {
    const { series } = parsePage(await nvidiaPage(document));
    const own = series.filter(({ name }) => PROMISED_METRICS.has(name));
    expect(complaints(own, promised.expected)).toEqual([]);
    expect(own.length).toBeGreaterThan(0);
  });

  it('no value is left out for want of understanding, or without a reason', () => {
    expect(unparsedOf(document)).toEqual([]);
    expect(promised.unreadable).toEqual([]);
    expect(promised.unexplained).toEqual([]);
  });

  it('what the driver withholds is counted, each value', async () => {
    const { series } = parsePage(await nvidiaPage(document));
    const counted = series
      .filter(({ name, labels }) => name === 'gpu_value_unavailable' && SINGLE.test(labels['field'] ?? ''))
      .reduce((sum, { value }) => sum + value, 0);
    expect(counted).toBe(promised.withheld);
  });
});

/** A value of nothing: no number, no unit, no word of the driver's. */
const STRANGE = 'forty-two';

describe.each(nvidiaCaptures())('a value of %s that nobody understands', (name) => {
  const document = nvidiaCapture(name);

  it('is told as such, wherever it stands, and never counted as one that the driver withholds', () => {
    const { told } = promisedOfDocument(document);
    const withheld = countOf(document);
    const found = told.map(({ span: [start, end] }) => {
      const spoilt = document.slice(0, start) + STRANGE + document.slice(end);
      return { unparsed: unparsedOf(spoilt), withheld: countOf(spoilt) };
    });
    expect(found).toEqual(told.map(() => ({ unparsed: [STRANGE], withheld })));
  });
});

function readingOf(document: string): NvidiaSmiReading {
  const reading = parseNvidiaSmi(document);
  if (reading instanceof Error) throw reading;
  return reading;
}

const unparsedOf = (document: string): readonly string[] =>
  readingOf(document).unparsed.map(({ text }) => text);

const countOf = (document: string): number =>
  [...readingOf(document).unavailable.values()].reduce((sum, count) => sum + count, 0);
