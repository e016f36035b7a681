import { metricsFileText } from '../docs/metrics-file.ts';

/** What a rule reads. */
export interface Selector {
  readonly metric: string;
  /** Labels that it asks for, in their order, without `job`. */
  readonly labels: readonly string[];
  /** Undefined: it takes those of any job. */
  readonly job: string | undefined;
}

/** Prometheus adds `job` and `instance` to every series; units and jobs of users have two more. */
const ADDED = ['job', 'instance', 'scope', 'user'];

/** Every metric that a rule may read, by its name, with its labels: those of docs/METRICS.md, and a few others. */
export const KNOWN_LABELS: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>([
  ...catalogue(metricsFileText()),
  ['up', ADDED],
  ['scrape_duration_seconds', ADDED],
  // Of all jobs: recorded by the rules themselves.
  ['ALERTS', ['alertname', 'alertstate']],
  ['fettle:threshold', ['threshold']],
]);

function catalogue(page: string): readonly (readonly [string, readonly string[]])[] {
  return page.split('\n').flatMap((line) => {
    const [, names = '', labels = ''] = /^\| (`.+?`) \| \w+ \| (.*?) ?\|/.exec(line) ?? [];
    return quoted(names).map((name) => [name, [...ADDED, ...quoted(labels)]] as const);
  });
}

function quoted(cell: string): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].flatMap(([, text]) => text ?? []);
}

const SELECTOR = /([A-Za-z_:][\w:]*)\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\}/g;

/** Everything that an expression reads; a known metric that stands there without `{}` too. */
export function selectorsOf(expr: string): readonly Selector[] {
  const written = [...expr.matchAll(SELECTOR)].map(([, metric = '', inner = '']) =>
    selectorOf(metric, inner),
  );
  const rest = expr.replace(SELECTOR, ' ').replace(/"(?:[^"\\]|\\.)*"/g, ' ');
  const bare = (rest.match(/[A-Za-z_:][\w:]*/g) ?? []).filter((word) => KNOWN_LABELS.has(word));
  // `user`, `name` and the like are labels in on (...); no metric is called so.
  return [...written, ...bare.map((metric) => ({ metric, labels: [], job: undefined }))];
}

function selectorOf(metric: string, inner: string): Selector {
  const pairs = [...inner.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"/g)];
  const labels = pairs.map(([, label = '']) => label);
  return {
    metric,
    labels: labels.filter((label) => label !== 'job'),
    job: pairs.find(([, label]) => label === 'job')?.[2],
  };
}
