import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { manyGpus, nvidiaCapture, nvidiaCaptures } from '../fakes/nvidia-smi-documents.ts';
import { parsePage } from '../metrics/text-format.ts';
import { nvidiaPage } from './nvidia-page.ts';

const FOLDER = new URL('nvidia/', import.meta.url);

/** Documents by the names of their pages; the last is made of a capture, and synthetic as all of them are. */
const DOCUMENTS: readonly (readonly [name: string, document: string])[] = [
  ...nvidiaCaptures().map((name) => [name, nvidiaCapture(name)] as const),
  ['a100-driver-525-16-gpus', manyGpus('a100-driver-525', 16)],
];

describe.each(DOCUMENTS)('the page of %s', (name, document) => {
  it('is the golden one, byte for byte', async () => {
    const file = new URL(`${name}.metrics`, FOLDER);
    const written = await nvidiaPage(document);
    // UPDATE_GOLDEN=1 npx vitest run --project unit test/golden; the diff is the review.
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, written);
    expect(existsSync(file)).toBe(true);
    expect(written).toBe(readFileSync(file, 'utf8'));
  });

  it('is of the text format, every series once, and of a document that says that it is synthetic', async () => {
    const { series } = parsePage(await nvidiaPage(document));
    const keys = series.map((one) => JSON.stringify([one.name, one.labels]));
    expect(new Set(keys).size).toBe(keys.length);
    expect(document).toContain('<!-- Synthetic');
  });
});

it('there is no golden page of a capture that is gone', () => {
  const names = readdirSync(FOLDER).map((file) => file.replace(/\.metrics$/, ''));
  expect(names.toSorted()).toEqual(DOCUMENTS.map(([name]) => name).toSorted());
});
