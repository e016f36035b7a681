import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type {
  AnnotationQuery,
  Dashboard,
  DashboardLink,
  Panel,
  RowPanel,
} from '@grafana/grafana-foundation-sdk/dashboard';
import {
  DashboardBuilder,
  DashboardCursorSync,
  DashboardLinkBuilder,
  DashboardLinkType,
  type QueryVariableBuilder,
  RowBuilder,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { datasourceVariable, instanceVariable, jobVariable } from './variables.ts';

/** Panels under a heading. A collapsed row asks nothing until it is opened: for what few machines have. */
export interface Row {
  readonly title: string;
  readonly panels: readonly Builder<Panel>[];
  readonly collapsed?: boolean;
}

/** What differs from one of our dashboards to the next. */
export interface DashboardSpec {
  /** Part of its address: it stays as it is for ever. */
  readonly uid: string;
  /** Without the "fettle / " that all begin with. */
  readonly title: string;
  /** The question that the dashboard answers. */
  readonly description: string;
  /** Besides "fettle". */
  readonly tags: readonly string[];
  /** After data source, job and instance. */
  readonly variables?: readonly QueryVariableBuilder[];
  readonly annotations?: readonly Builder<AnnotationQuery>[];
  /** How far it looks back at first; 6h unless said otherwise. */
  readonly from?: string;
  readonly rows: readonly Row[];
}

/** A dashboard of ours: read-only, linked to the others, with a choice of data source, job and instance. */
export function fettleDashboard(spec: DashboardSpec): Dashboard {
  const builder = new DashboardBuilder(`fettle / ${spec.title}`)
    .uid(spec.uid)
    .description(spec.description)
    .tags(['fettle', ...spec.tags])
    .readonly()
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: `now-${spec.from ?? '6h'}`, to: 'now' })
    .refresh('30s')
    .link(others());
  const variables = [jobVariable(), instanceVariable(), ...(spec.variables ?? [])];
  builder.withVariable(datasourceVariable());
  for (const variable of variables) builder.withVariable(variable);
  for (const one of spec.annotations ?? []) builder.annotation(one);
  for (const row of spec.rows) addRow(builder, row);
  return builder.build();
}

/** One link to each dashboard with the tag, with the time and the choices taken along. */
function others(): Builder<DashboardLink> {
  return new DashboardLinkBuilder('fettle')
    .type(DashboardLinkType.Dashboards)
    .tags(['fettle'])
    .asDropdown(false)
    .includeVars(true)
    .keepTime(true);
}

function addRow(builder: DashboardBuilder, { title, panels, collapsed = false }: Row): void {
  const row: RowBuilder = new RowBuilder(title).collapsed(collapsed);
  if (collapsed) for (const panel of panels) row.withPanel(panel);
  const heading: Builder<RowPanel> = row;
  builder.withRow(heading);
  if (!collapsed) for (const panel of panels) builder.withPanel(panel);
}
