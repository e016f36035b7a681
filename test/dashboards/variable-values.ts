import type { Variable } from './dashboard-json.ts';
import type { PrometheusApi, Series, Window } from './prometheus-api.ts';

const LABEL_VALUES = /^\s*label_values\((?:(.*),)?\s*([A-Za-z_]\w*)\s*\)\s*$/s;
const QUERY_RESULT = /^\s*query_result\((.*)\)\s*$/s;

/**
 * The values that Grafana would offer for a variable. `query` has the variables before it filled in.
 *
 * A query other than label_values and query_result is thrown out: this check would not know if it works.
 */
export async function offeredValues(
  variable: Variable,
  query: string,
  api: PrometheusApi,
  window: Window,
): Promise<readonly string[]> {
  const [, selector, label] = LABEL_VALUES.exec(query) ?? [];
  if (label !== undefined) {
    return picked(await api.labelValues(label, selector?.trim(), window), variable.regex);
  }
  const [, expr] = QUERY_RESULT.exec(query) ?? [];
  if (expr === undefined) throw new Error('this check knows label_values(...) and query_result(...) only');
  return picked((await api.query(expr, window)).map(resultText), variable.regex);
}

/** What stands in a query for a variable with these values: Grafana's "All", or else the first one. */
export function chosenValue(variable: Variable, offered: readonly string[]): string | undefined {
  if (!variable.includeAll) return offered[0];
  return (
    variable.allValue ??
    `(${offered.map((value) => value.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})`
  );
}

/** The value of a variable that asks nobody: what is chosen in the file, or the first it offers. */
export function fixedValue(variable: Variable): string | undefined {
  const current = variable.current?.value;
  const first = typeof current === 'string' ? current : current?.[0];
  return first !== undefined && first !== '$__all' ? first : variable.query.split(',')[0]?.trim();
}

/** Grafana's text of a result of query_result, on which a variable's regular expression works. */
function resultText({ metric: { __name__: name = '', ...labels }, points }: Series): string {
  const inner = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
  const [time, value] = points[0] ?? [];
  return `${name}{${inner.join(',')}} ${value} ${Math.round((time ?? 0) * 1000)}`;
}

/** The values that match `/expression/`, or its first group where it has one. */
function picked(values: readonly string[], regex: string): readonly string[] {
  const [, source, flags] = /^\/(.*)\/([a-z]*)$/s.exec(regex) ?? [];
  if (source === undefined) return values;
  const expression = new RegExp(source, flags?.replace('g', ''));
  return values.flatMap((value) => {
    const match = expression.exec(value);
    return match === null ? [] : [match[1] ?? match[0]];
  });
}
