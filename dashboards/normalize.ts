import type { Dashboard, Panel, RowPanel } from '@grafana/grafana-foundation-sdk/dashboard';

/**
 * Grafana raises an older schema when it loads it; a newer one than it knows it may read wrongly. 39 to 41
 * is what current dashboards of the field carry, and we use nothing newer. The SDK has no setter; it says 42.
 */
const SCHEMA_VERSION = 39;

/**
 * Fills in what Grafana's own editor would have written and the SDK (0.0.21) leaves out.
 *
 * - Panels get ids, counted from 1, and queries the letters A, B, ...: links to a panel need the first,
 *   transformations and overrides the second.
 * - Legends are shown and tooltips list every line. The SDK hides the first and lists one.
 * - Links and annotations lose `placement`, which would move them into a menu.
 */
export function normalize(dashboard: Dashboard): Dashboard {
  let lastId = 0;
  const numbered = <P extends Panel | RowPanel>(panel: P): P => {
    lastId += 1;
    return { ...panel, id: lastId };
  };
  const whole = (panel: Panel | RowPanel): Panel | RowPanel => {
    if (!isRow(panel)) return completed(numbered(panel));
    const row = numbered(panel);
    return { ...row, panels: row.panels.map((inner) => completed(numbered(inner))) };
  };
  return {
    ...dashboard,
    id: null,
    schemaVersion: SCHEMA_VERSION,
    version: 1,
    panels: (dashboard.panels ?? []).map(whole),
    annotations: { list: (dashboard.annotations.list ?? []).map(withoutPlacement) },
    links: (dashboard.links ?? []).map(withoutPlacement),
  };
}

function isRow(panel: Panel | RowPanel): panel is RowPanel {
  return panel.type === 'row';
}

function completed(panel: Panel): Panel {
  return {
    ...panel,
    targets: (panel.targets ?? []).map((target, index) => ({ refId: letter(index), ...target })),
    options: visible(panel.options),
  };
}

/** Options with the legend shown and a tooltip that lists every series; bars, which have names beside them, as they are. */
function visible(options: unknown): unknown {
  if (!isRecord(options)) return options;
  const { legend, tooltip } = options;
  if (!isRecord(legend) || !isRecord(tooltip)) return options;
  return {
    ...options,
    legend: { ...legend, showLegend: true },
    tooltip: { ...tooltip, mode: 'multi', sort: 'desc' },
  };
}

function withoutPlacement<T extends { placement?: unknown }>(item: T): Omit<T, 'placement'> {
  const { placement: _, ...rest } = item;
  return rest;
}

function letter(index: number): string {
  if (index > 25) throw new Error(`a panel has more than 26 queries, and ${index} has no letter`);
  return String.fromCharCode('A'.charCodeAt(0) + index);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
