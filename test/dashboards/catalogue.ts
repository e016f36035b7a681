import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { dashboardFiles } from '../../dashboards/files.ts';
import { allCollectors } from '../docs/collectors.ts';
import { parseDashboard } from './dashboard-json.ts';
import { selectorsOf } from './selectors.ts';

const DOCUMENT = new URL('../../docs/METRICS.md', import.meta.url);
const ALERTS = new URL('../../alerts/', import.meta.url);

const RULE_FILE = z.object({
  groups: z.array(
    z.object({ rules: z.array(z.object({ record: z.string().optional(), expr: z.coerce.string() })) }),
  ),
});

/** Metrics of the collectors: what has to be used, or to have a reason. */
export function collectorMetrics(): readonly string[] {
  return allCollectors().flatMap(({ metrics }) => metrics.map(({ name }) => name));
}

/** Every metric that docs/METRICS.md names, those of the process included. */
export function documentedMetrics(): ReadonlySet<string> {
  const rows = readFileSync(DOCUMENT, 'utf8').match(/^\| `[^|]*\|/gm) ?? [];
  return new Set(rows.flatMap((row) => [...row.matchAll(/`(\w+)`/g)].map(([, name = '']) => name)));
}

/** The metrics that dashboards use, each with the file that uses it. */
export function dashboardMetrics(): readonly (readonly [metric: string, file: string])[] {
  return [...dashboardFiles()].flatMap(([file, text]) => {
    const { panels, variables, annotations } = parseDashboard(JSON.parse(text));
    const exprs = [
      ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
      ...annotations.map(({ expr }) => expr),
      ...variables.flatMap(({ query }) => /^label_values\((.*),\s*\w+\s*\)$/s.exec(query)?.[1] ?? []),
    ];
    return exprs.flatMap((expr) => metricsOf(expr).map((metric) => [metric, file] as const));
  });
}

/** The metrics that rules use, each with the file that uses it. */
export function ruleMetrics(): readonly (readonly [metric: string, file: string])[] {
  return readdirSync(ALERTS)
    .filter((name) => name.endsWith('.rules.yml'))
    .flatMap((file) => {
      const { groups } = RULE_FILE.parse(parse(readFileSync(new URL(file, ALERTS), 'utf8')));
      return groups.flatMap(({ rules }) =>
        rules.flatMap(({ expr }) => metricsOf(expr).map((metric) => [metric, file] as const)),
      );
    });
}

/** Also those of `{__name__=~"a|b"}`. */
function metricsOf(expr: string): readonly string[] {
  return selectorsOf(expr).flatMap(({ metric, matchers }) => {
    const named = matchers.find(({ label }) => label === '__name__')?.value.split('|') ?? [];
    return metric === '' ? named : [metric];
  });
}
