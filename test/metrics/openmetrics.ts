import { addOnce, type ParsedPage, parseSeriesLine, type Series } from './text-format.ts';

/** What the samples of a family may be called, after its name. */
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: ['_total'],
  gauge: [''],
  unknown: [''],
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
};

/**
 * Reads a page of OpenMetrics 1.0.0, strictly; no timestamps, exemplars or units, which fettle does not write.
 *
 * Throws an Error for what the format forbids: no `# EOF` at the end, an empty line, a family told twice or
 * apart, a sample without the suffix of its type, a name that could be a sample of two families, a counter
 * that is negative or no number, a bucket limit that is not canonical.
 *
 * Source: https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md
 */
export function parseOpenMetrics(page: string): ParsedPage {
  if (!page.endsWith('# EOF\n')) throw new Error('the page does not end with # EOF');
  const types = new Map<string, string>();
  const help = new Map<string, string>();
  const series: Series[] = [];
  let family = '';
  for (const line of page.slice(0, -'# EOF\n'.length).split('\n').slice(0, -1)) {
    const [, kind, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/su.exec(line) ?? [];
    if (kind === 'HELP') addOnce(help, name, unescapeHelp(rest));
    else if (kind === 'TYPE') addOnce(types, name, typeOf(rest));
    else series.push(ofFamily(parseSeriesLine(line), family, types.get(family) ?? ''));
    if (kind !== undefined) family = name;
  }
  refuseClashes(types);
  return { types, help, series };
}

function typeOf(text: string): string {
  if (SUFFIXES[text] === undefined) throw new Error(`not a type: ${text}`);
  return text;
}

function unescapeHelp(text: string): string {
  if (!/^(?:[^"\\]|\\["\\n])*$/su.test(text)) throw new Error(`not an escaped help: ${text}`);
  return text.replaceAll(/\\(.)/g, (_, one) => (one === 'n' ? '\n' : one));
}

function ofFamily(series: Series, family: string, type: string): Series {
  const { name, labels, value } = series;
  if (!SUFFIXES[type]?.some((suffix) => name === family + suffix)) {
    throw new Error(`${name} stands beneath ${family}, a ${type}`);
  }
  if (type === 'counter' && !(value >= 0)) throw new Error(`${name} is a counter with ${value}`);
  const limit = labels['le'] ?? labels['quantile'];
  if (limit !== undefined && type !== 'gauge' && !/^(\+Inf|\d+\.\d+|\d(\.\d+)?e[+-]\d+)$/.test(limit)) {
    throw new Error(`${name} has ${limit} for a limit`);
  }
  return series;
}

function refuseClashes(types: ReadonlyMap<string, string>): void {
  const owners = new Map<string, string>();
  for (const [family, type] of types) {
    for (const suffix of SUFFIXES[type] ?? []) addOnce(owners, family + suffix, family);
  }
}
