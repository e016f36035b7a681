import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';
import { gpuDashboard } from './gpu/gpu.ts';
import { normalize } from './normalize.ts';
import { overviewDashboard } from './overview/overview.ts';
import { probesDashboard } from './probes/probes.ts';
import { repairsDashboard } from './repairs/repairs.ts';
import { selfDashboard } from './self/self.ts';
import { unitDashboard } from './unit/unit.ts';

/** Every dashboard by the file it is written to, beside this one. */
const DASHBOARDS: Readonly<Record<string, () => Dashboard>> = {
  'gpu.json': gpuDashboard,
  'overview.json': overviewDashboard,
  'probes.json': probesDashboard,
  'repairs.json': repairsDashboard,
  'self.json': selfDashboard,
  'unit.json': unitDashboard,
};

/** The text of every dashboard file, by its name. The same builders give the same text, byte for byte. */
export function dashboardFiles(): ReadonlyMap<string, string> {
  const text = (build: () => Dashboard) => `${JSON.stringify(normalize(build()), null, 2)}\n`;
  return new Map(Object.entries(DASHBOARDS).map(([name, build]) => [name, text(build)]));
}
