import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { normalize } from './normalize.ts';
import { unitsDashboard } from './units.ts';

/** Every dashboard by the file it is written to, beside this one. */
const DASHBOARDS: Readonly<Record<string, () => Dashboard>> = {
  'units.json': unitsDashboard,
};

/** The text of every dashboard file, by its name. The same builders give the same text, byte for byte. */
export function dashboardFiles(): ReadonlyMap<string, string> {
  const text = (build: () => Dashboard) => `${JSON.stringify(normalize(build()), null, 2)}\n`;
  return new Map(Object.entries(DASHBOARDS).map(([name, build]) => [name, text(build)]));
}
