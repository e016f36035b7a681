import { setImmediate as nextTurn } from 'node:timers/promises';
import type { MetricSpec, Sample } from '../domain/metric.ts';
import type { Family } from './family.ts';
import type { PageFormat } from './format.ts';

/** Samples written in one go: half a millisecond, and 100 KB. */
const SAMPLES_PER_SLICE = 1000;

/**
 * A page in pieces of UTF-8, written in slices with a turn of the event loop after each.
 *
 * 120 000 lines take 60 ms; nobody who sends a notification meanwhile waits for them.
 */
export async function renderPage(
  families: readonly Family[],
  format: PageFormat,
): Promise<readonly Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  for (const piece of pagePieces(families, format)) {
    pieces.push(Buffer.from(piece));
    await nextTurn();
  }
  return pieces;
}

/** A page in pieces, each written when it is asked for: every metric once, with its samples beneath it. */
export function* pagePieces(families: readonly Family[], format: PageFormat): Generator<string, void> {
  let piece = '';
  let written = 0;
  for (const family of families) {
    piece += headerOf(family, format);
    for (let from = 0; from < family.samples.length; from += SAMPLES_PER_SLICE) {
      const slice = family.samples.slice(from, from + SAMPLES_PER_SLICE);
      piece += linesOf(slice);
      written += slice.length;
      if (written < SAMPLES_PER_SLICE) continue;
      yield piece;
      piece = '';
      written = 0;
    }
  }
  if (format === 'openmetrics') piece += '# EOF\n';
  if (piece !== '') yield piece;
}

/**
 * HELP and TYPE. OpenMetrics names a counter's family without its `_total`, and escapes quotes in a help.
 *
 * A counter without `_total` cannot be one there; as in Prometheus's Go client it becomes `unknown`, so that
 * the name of the series stays the same in both formats.
 */
function headerOf({ name, help, type }: Family, format: PageFormat): string {
  if (format === 'text') return `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n`;
  const family = type === 'counter' ? name.replace(/_total$/, '') : name;
  const told = type === 'counter' && family === name ? 'unknown' : type;
  return `# HELP ${family} ${escapeLabel(help)}\n# TYPE ${family} ${told}\n`;
}

/** The lines of samples; what is the same in each line of one metric is put together once. */
function linesOf(samples: readonly Sample[]): string {
  let text = '';
  let last: MetricSpec | undefined;
  let heads: readonly string[] = [];
  for (const { metric, labels, value } of samples) {
    if (metric !== last) {
      last = metric;
      heads = metric.labels.map((label, at) => `${at === 0 ? `${metric.name}{` : '",'}${label}="`);
    }
    // Plain loops and one text that grows: measured, arrays and templates take half as long again.
    for (let at = 0; at < heads.length; at += 1) {
      text += heads[at] + escapeLabel(labels[metric.labels[at] ?? ''] ?? '');
    }
    text += `${heads.length === 0 ? `${metric.name} ` : '"} '}${formatValue(value)}\n`;
  }
  return text;
}

function formatValue(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  return value === Number.NEGATIVE_INFINITY ? '-Inf' : String(value);
}

const SPECIAL = /[\\"\n]/;

function escapeLabel(text: string): string {
  if (!SPECIAL.test(text)) return text;
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
