import { describe, expect, it } from 'vitest';
import { benchDocuments } from './gpu-documents.ts';
import type { GpuMeasured } from './gpu-measure.ts';
import { gpuReport } from './gpu-report.ts';
import { gpuVerdicts, isKept } from './limits.ts';
import { timesOf } from './quantile.ts';

const times = (p50Ms: number) => ({ p50Ms, p99Ms: p50Ms * 2, maxMs: p50Ms * 3 });

function measured(freshMs: number, parseMs: number, ownMs: number): GpuMeasured {
  const collect = { same: times(0.1), fresh: times(freshMs), freshUsers: times(freshMs), series: 744 };
  const page = { scrape: times(7), series: 2000, starts: 1, scrapes: 100 };
  const loop = { heldUpMs: ownMs + 50, ownMs, ranMs: 2 };
  return {
    documents: [
      {
        document: { name: '8 cards', text: 'x'.repeat(5000) },
        parse: { firstMs: 30, whole: times(parseMs), slices: times(0.1) },
        collect: { ...collect, pageBytes: 80_000 },
      },
    ],
    withGpus: page,
    without: page,
    ordeals: [{ what: 'hangs', loop, pageMs: 1, slowestScrapeMs: 9, starts: 4 }],
  };
}

const missed = (one: GpuMeasured) => gpuVerdicts(one).filter((verdict) => !isKept(verdict)).length;

describe('the limits of the GPU part', () => {
  it('are 2 ms of a scrape, 8 ms of a document, and 20 ms that the event loop is held up by fettle itself', () => {
    expect(missed(measured(2, 8, 20))).toBe(0);
    expect(missed(measured(2.1, 8, 20))).toBe(2);
    expect(missed(measured(2, 8.1, 20))).toBe(1);
    expect(missed(measured(2, 8, 20.1))).toBe(1);
    expect(missed(measured(Number.NaN, 8, 20))).toBe(2);
  });
});

describe('gpuReport', () => {
  it('tells each figure and which limits were kept', () => {
    const report = gpuReport(measured(1, 9, 3));
    expect(report).toMatch(/8 cards: parsing 5 kB +\| 9\.00 ms +\| 18\.0 ms +\| 27\.0 ms/);
    expect(report).toMatch(/hangs +\| 53\.0 ms +\| 3\.00 ms/);
    expect(report).toMatch(/parsing the document of 8 cards +\| 9\.0 ms +\| 8\.0 ms +\| missed/);
  });
});

it('the documents are of eight GPUs, and say that they are synthetic', () => {
  for (const { text } of benchDocuments()) {
    expect(text.match(/<gpu id=/g)).toHaveLength(8);
    expect(text).toContain('<!-- Synthetic');
  }
});

it('times come to a median, a 99th percentile and the longest', () => {
  const hundred = Array.from({ length: 101 }, (_, index) => 100 - index);
  expect(timesOf(hundred)).toEqual({ p50Ms: 50, p99Ms: 99, maxMs: 100 });
  expect(timesOf([]).p50Ms).toBeNaN();
});
