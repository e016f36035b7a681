import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { interpolate } from '../dashboards/interpolate.ts';
import type { Job, PanelJson } from './page/job.ts';
import { stepOf } from './page/step.ts';

const FOLDER = fileURLToPath(new URL('../../dashboards/', import.meta.url));

/** How often the slower of the two hosts is scraped. */
const SCRAPE_SECONDS = 5;

/** What is chosen at the top of a dashboard where it is not everything. */
const CHOICES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  unit: { name: 'comfyui@a.service' },
};

/** A dashboard as it is shipped. */
export interface DashboardFile {
  readonly name: string;
  readonly title: string;
  readonly panels: readonly PanelJson[];
}

/** The dashboards with these names, or all if there are no names. Throws when one of them does not exist. */
export function dashboardsOf(names: readonly string[]): readonly DashboardFile[] {
  const existing = readdirSync(FOLDER)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length));
  const unknown = names.find((name) => !existing.includes(name));
  if (unknown !== undefined) throw new Error(`no dashboard "${unknown}"; there are ${existing.join(', ')}`);
  return existing
    .filter((name) => names.length === 0 || names.includes(name))
    .map((name) => ({ ...JSON.parse(readFileSync(`${FOLDER}${name}.json`, 'utf8')), name }));
}

/** The panels with what Grafana would fill in: the choices, and steps as long as the panel asks. */
export function filledIn(
  { name, panels }: DashboardFile,
  { start, end, step: atLeast }: Job['window'],
): readonly PanelJson[] {
  const everything = Object.fromEntries(
    ['job', 'instance', 'name', 'gpu', 'probe', 'policy'].map((variable) => [variable, '.+']),
  );
  return panels.map((panel) => {
    const step = stepOf(panel, atLeast);
    const times = {
      __interval: `${step}s`,
      __rate_interval: `${Math.max(4 * SCRAPE_SECONDS, step + SCRAPE_SECONDS)}s`,
      __range: `${end - start}s`,
    };
    const values = new Map(Object.entries({ ...everything, ...CHOICES[name], ...times }));
    return JSON.parse(interpolate(JSON.stringify(panel), values));
  });
}
