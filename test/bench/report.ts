import { type Comparison, growthVerdict, isKept, MB, type Verdict, verdictsOf } from './limits.ts';
import type { Measured } from './measure.ts';
import type { HotFunction } from './profile.ts';

/** Cells of a table. */
export type Row = readonly string[];

/** The figures of one number of services: a table of both exporters, and one of the limits. */
export function comparisonReport(comparison: Comparison): string {
  const { services, fettle, nodeExporter, unitsUnchanged } = comparison;
  return [
    `### ${services} services`,
    table(['', 'fettle', 'node_exporter'], figureRows(fettle, nodeExporter)),
    ...(unitsUnchanged ? [] : ['The units changed meanwhile, so the lost series mean nothing.']),
    verdictReport(verdictsOf(comparison)),
  ].join('\n\n');
}

/** How the cost grows, if there is anything to say. */
export function growthReport(comparisons: readonly Comparison[]): string {
  const verdict = growthVerdict(comparisons);
  return verdict === undefined ? '' : `### Growth\n\n${verdictReport([verdict])}`;
}

/** Where fettle spends its time in one part of the run. */
export function profileReport(part: string, hot: readonly HotFunction[]): string {
  const rows = hot.map(({ name, ms, share }) => [name, ms.toFixed(0), `${(share * 100).toFixed(1)} %`]);
  return `Profile of ${part} (all figures are slower for it):\n\n${table(['function', 'self ms', 'share'], rows)}`;
}

function figureRows(fettle: Measured, nodeExporter: Measured): readonly Row[] {
  const row = (name: string, text: (measured: Measured) => string): Row => [
    name,
    text(fettle),
    text(nodeExporter),
  ];
  return [
    row('scrape, p50', ({ p50Ms }) => ms(p50Ms)),
    row('scrape, max', ({ maxMs }) => ms(maxMs)),
    row('CPU of a scrape: exporter + PID 1 + dbus-daemon', ({ cpu }) => ms(cpu.scheduledMs)),
    row('the same by the ticks of /proc/PID/stat', ({ cpu }) => ms(cpu.tickedMs)),
    row('of it, the exporter itself', ({ ownCpu }) => ms(ownCpu.scheduledMs)),
    row('series', ({ series }) => String(series)),
    row('page', ({ pageBytes }) => `${(pageBytes / 1000).toFixed(0)} kB`),
    row('series lost in 20 scrapes', ({ lost }) => String(lost)),
    row('resident memory', ({ memory }) => megabytes(memory.residentBytes)),
    row('its peak', ({ memory }) => megabytes(memory.peakBytes)),
    row('start to first answered scrape', ({ first }) => ms(first.answeredMs)),
    row('that scrape itself', ({ first }) => ms(first.firstScrapeMs)),
    row('start to first complete page', ({ first }) => ms(first.completeMs)),
    row('CPU until then: exporter + PID 1 + dbus-daemon', ({ first }) => ms(first.cpuMs)),
    row('of it, the exporter itself', ({ first }) => ms(first.ownCpuMs)),
    row('event-loop delay, highest p99 of a page', ({ eventLoopMs }) =>
      eventLoopMs === undefined ? '-' : ms(eventLoopMs),
    ),
  ];
}

/** Figures beside their limits. */
export function verdictReport(verdicts: readonly Verdict[]): string {
  return table(
    ['figure', 'fettle', 'limit', ''],
    verdicts.map((verdict) => [
      verdict.figure,
      amount(verdict.value, verdict),
      amount(verdict.limit, verdict),
      isKept(verdict) ? 'ok' : 'missed',
    ]),
  );
}

function amount(value: number, { unit, limit }: Verdict): string {
  switch (unit) {
    case 'ratio':
      // A part of node_exporter's cost reads best as 1/N.
      return limit < 1 ? `1/${(1 / value).toFixed(1)}` : value.toFixed(2);
    case 'ms':
      return ms(value);
    case 'MB':
      return megabytes(value * MB);
    case 'series':
      return String(value);
    default:
      return unit satisfies never;
  }
}

function ms(value: number): string {
  return `${value.toFixed(value < 100 ? 1 : 0)} ms`;
}

function megabytes(bytes: number): string {
  return `${(bytes / MB).toFixed(0)} MB`;
}

/** A Markdown table that also reads well as plain text. */
export function table(head: Row, rows: readonly Row[]): string {
  const widths = head.map((cell, column) =>
    Math.max(3, cell.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: Row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const rule = `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}
