/** A series of a page. */
export interface Series {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What a page says. */
export interface ParsedPage {
  /** Type of each metric, in the order of the page. */
  readonly types: ReadonlyMap<string, string>;
  readonly help: ReadonlyMap<string, string>;
  readonly series: readonly Series[];
}

const SERIES = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/su;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\["\\n])*)"(?:,(?=[a-zA-Z_])|$)/suy;

/**
 * Reads a page of Prometheus's text format 0.0.4, strictly.
 *
 * Throws an Error for a line that is not of the format, a metric told twice, or a series outside the block of
 * its metric.
 *
 * Source: https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
export function parsePage(page: string): ParsedPage {
  if (page !== '' && !page.endsWith('\n')) throw new Error('the last line has no end');
  const types = new Map<string, string>();
  const help = new Map<string, string>();
  const series: Series[] = [];
  for (const line of page.split('\n').slice(0, -1)) {
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/su.exec(line) ?? [];
    if (kind === 'HELP')
      addOnce(
        help,
        name,
        rest.replaceAll(/\\([\\n])/g, (_, one) => (one === 'n' ? '\n' : one)),
      );
    else if (kind === 'TYPE') addOnce(types, name, rest);
    else if (line !== '') series.push(parseSeries(line, [...types.keys()].at(-1) ?? ''));
  }
  return { types, help, series };
}

/** Throws unless it is the first time that a name is told. */
export function addOnce(map: Map<string, string>, name: string, text: string): void {
  if (map.has(name)) throw new Error(`${name} is told twice`);
  map.set(name, text);
}

function parseSeries(line: string, metric: string): Series {
  const series = parseSeriesLine(line);
  const { name } = series;
  if (name.replace(/_(bucket|sum|count)$/, '') !== metric && name !== metric) {
    throw new Error(`${name} stands beneath ${metric}`);
  }
  return series;
}

/** Reads a line of a series without a timestamp, which both formats write alike. */
export function parseSeriesLine(line: string): Series {
  const [, name, labels = '', value] = SERIES.exec(line) ?? [];
  if (name === undefined || value === undefined) throw new Error(`not a series: ${line}`);
  return { name, labels: parseLabels(labels), value: parseValue(value) };
}

function parseLabels(text: string): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const [, label = '', value] = LABEL.exec(text) ?? [];
    if (value === undefined) throw new Error(`not labels: ${text}`);
    if (label in labels) throw new Error(`${label} is told twice: ${text}`);
    labels[label] = value.replaceAll(/\\(.)/g, (_, one) => (one === 'n' ? '\n' : one));
  }
  return labels;
}

function parseValue(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  if (text === '-Inf') return Number.NEGATIVE_INFINITY;
  if (text === 'NaN') return Number.NaN;
  if (!/^-?\d+(\.\d+)?(e[+-]?\d+)?$/.test(text)) throw new Error(`not a value: ${text}`);
  return Number(text);
}
