import { type DashboardJson, parseDashboard, placeOf } from './dashboard-json.ts';
import { interpolate, leftOver } from './interpolate.ts';
import { createPrometheusApi, type PrometheusApi, type Series, type Window } from './prometheus-api.ts';
import { chosenValue, fixedValue, offeredValues } from './variable-values.ts';

/** Something that a reader of the dashboard would see as an error or as an empty panel. */
export interface Finding {
  readonly where: string;
  /** As it was sent. */
  readonly expr: string;
  readonly problem: string;
}

/** What Grafana would know from its data source and from the clock. */
export interface LiveOptions {
  /** Value of `$__rate_interval`; at least four scrapes. */
  readonly rateInterval?: string;
  /** How far back to look, which is also the value of `$__range`. */
  readonly rangeSeconds?: number;
  readonly stepSeconds?: number;
  readonly now?: Date;
}

/** One dashboard on its way through the check. */
interface Visit {
  readonly api: PrometheusApi;
  readonly window: Window;
  readonly values: ReadonlyMap<string, string>;
}

/**
 * Asks a running Prometheus every question of a dashboard, as Grafana would.
 *
 * Reported are variables that offer nothing, and queries that Prometheus refuses, that give no series or
 * nothing but NaN, or in which a variable is left that nobody defines. No finding means that every panel
 * shows data. Whether it shows the right data with the right unit cannot be seen this way.
 */
export async function checkDashboardLive(
  dashboard: unknown,
  prometheusUrl: string,
  options: LiveOptions = {},
): Promise<readonly Finding[]> {
  const json = parseDashboard(dashboard);
  const { rangeSeconds = 300, stepSeconds = 15, now = new Date() } = options;
  const end = now.getTime() / 1000;
  const window = { start: end - rangeSeconds, end, step: stepSeconds };
  const api = createPrometheusApi(prometheusUrl);
  const builtIn = builtInValues(options.rateInterval ?? '1m', window);
  const { values, findings } = await resolveVariables(json, { api, window, values: builtIn });
  const visit = { api, window, values };
  return [...findings, ...(await checkPanels(json, visit)), ...(await checkAnnotations(json, visit))];
}

/** How many questions a dashboard asks: those of its variables, panels and annotations. */
export function questionsOf(dashboard: unknown): number {
  const { panels, variables, annotations } = parseDashboard(dashboard);
  const asked = variables.filter(({ type }) => type === 'query').length;
  return asked + panels.reduce((sum, { targets }) => sum + targets.length, 0) + annotations.length;
}

function builtInValues(rateInterval: string, { start, end, step }: Window): ReadonlyMap<string, string> {
  const range = Math.round(end - start);
  return new Map([
    ['__rate_interval', rateInterval],
    ['__interval', `${step}s`],
    ['__interval_ms', String(step * 1000)],
    ['__range', `${range}s`],
    ['__range_s', String(range)],
    ['__range_ms', String(range * 1000)],
  ]);
}

/** One after the other, because a variable's query may use the ones before it. */
async function resolveVariables(
  { variables }: DashboardJson,
  { api, window, values: builtIn }: Visit,
): Promise<{ readonly values: ReadonlyMap<string, string>; readonly findings: readonly Finding[] }> {
  const values = new Map(builtIn);
  const findings: Finding[] = [];
  for (const variable of variables) {
    if (variable.type !== 'query') {
      values.set(variable.name, fixedValue(variable) ?? '');
      continue;
    }
    const where = `variable "${variable.name}"`;
    const expr = interpolate(variable.query, values);
    const found = await problemOf(expr, async () => {
      const offered = await offeredValues(variable, expr, api, window);
      values.set(variable.name, chosenValue(variable, offered) ?? '');
      return offered.length === 0 ? 'offers no value' : undefined;
    });
    if (found !== undefined) findings.push({ where, expr, problem: found });
  }
  return { values, findings };
}

async function checkPanels(
  { panels }: DashboardJson,
  { api, window, values }: Visit,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const panel of panels) {
    for (const target of panel.targets) {
      const expr = interpolate(target.expr, values);
      const ask = target.instant ? api.query : api.queryRange;
      const problem = await problemOf(expr, async () => emptiness(await ask(expr, window)));
      if (problem !== undefined) findings.push({ where: placeOf(panel, target), expr, problem });
    }
  }
  return findings;
}

async function checkAnnotations(
  { annotations }: DashboardJson,
  { api, window, values }: Visit,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const { name, expr: written } of annotations) {
    const expr = interpolate(written, values);
    const problem = await problemOf(expr, async () => emptiness(await api.queryRange(expr, window)));
    if (problem !== undefined) findings.push({ where: `annotation "${name}"`, expr, problem });
  }
  return findings;
}

async function problemOf(expr: string, ask: () => Promise<string | undefined>): Promise<string | undefined> {
  const left = leftOver(expr);
  if (left !== undefined) return `nothing fills in ${left}`;
  try {
    return await ask();
  } catch (error) {
    return reason(error);
  }
}

function emptiness(series: readonly Series[]): string | undefined {
  if (series.length === 0) return 'no data';
  const numbers = series.flatMap(({ points }) => points).filter(([, value]) => value !== 'NaN');
  return numbers.length === 0 ? 'nothing but NaN' : undefined;
}

/** The error's words and those of its cause: fetch says only "fetch failed" and hides why in the cause. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
