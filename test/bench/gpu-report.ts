import type { GpuMeasured, Ordeal, PageCost } from './gpu-measure.ts';
import { gpuVerdicts } from './limits.ts';
import type { Times } from './quantile.ts';
import { type Row, table, verdictReport } from './report.ts';

/** The figures of the GPU part: tables of what was measured, and one of the limits. */
export function gpuReport(measured: GpuMeasured): string {
  return [
    '### GPUs',
    table(['in a process of its own', 'p50', 'p99', 'max'], documentRows(measured)),
    table(
      ['the running exporter', 'p50', 'p99', 'max', 'series', 'nvidia-smi started'],
      [pageRow('a page without GPUs', measured.without), pageRow('a page with 8 GPUs', measured.withGpus)],
    ),
    table(
      [
        'nvidia-smi',
        'event loop held up',
        'less waiting',
        'at work',
        'by a page',
        'slowest scrape',
        'started',
      ],
      measured.ordeals.map(ordealRow),
    ),
    verdictReport(gpuVerdicts(measured)),
  ].join('\n\n');
}

function documentRows({ documents }: GpuMeasured): readonly Row[] {
  return documents.flatMap(({ document: { name, text }, parse, collect }) => {
    const row = (what: string, times: Times): Row => [`${name}: ${what}`, ...cells(times)];
    return [
      row(`parsing ${(text.length / 1000).toFixed(0)} kB`, parse.whole),
      [`${name}: parsing, the first time`, fine(parse.firstMs), '', ''],
      row('a part of 2 KiB of it', parse.slices),
      row(`scrape of ${collect.series} series, nothing read since the last`, collect.same),
      row('scrape, GPUs read anew', collect.fresh),
      row('scrape, GPUs read anew, users looked up in it', collect.freshUsers),
    ];
  });
}

function pageRow(what: string, { scrape, series, starts, scrapes }: PageCost): Row {
  return [what, ...cells(scrape), String(series), `${starts} times in ${scrapes} scrapes`];
}

function ordealRow({ what, loop, pageMs, slowestScrapeMs, starts }: Ordeal): Row {
  const figures = [loop.heldUpMs, loop.ownMs, loop.ranMs, pageMs, slowestScrapeMs];
  return [what, ...figures.map(fine), `${starts} times`];
}

function cells({ p50Ms, p99Ms, maxMs }: Times): Row {
  return [p50Ms, p99Ms, maxMs].map(fine);
}

/** Of a millisecond, the hundredths matter here. */
function fine(value: number): string {
  return `${value.toFixed(value < 10 ? 2 : 1)} ms`;
}
