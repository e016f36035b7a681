import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';
import {
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  VizLegendOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import type { Panel, Threshold, ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { ThresholdsConfigBuilder, ThresholdsMode } from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StateTimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import type { Expression } from './promql.ts';

/** What every panel must say. Nothing here has a default, so nothing can be forgotten. */
export interface PanelSpec {
  readonly datasource: DataSourceRef;
  readonly title: string;
  /** For people who see the panel for the first time: what it shows, and what to make of it. */
  readonly description: string;
  /** Grafana's name of the unit. */
  readonly unit: 'none' | 'short' | 'bytes' | 'percentunit';
  readonly expr: Expression;
  /** Of 24 columns, and in rows of about 30 pixels. */
  readonly size: { readonly width: number; readonly height: number };
}

/** One number of the present, coloured by thresholds. */
export function statPanel(
  spec: PanelSpec,
  look: { readonly thresholds: readonly Threshold[]; readonly mappings?: readonly ValueMapping[] },
): Builder<Panel> {
  const steps = new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([...look.thresholds]);
  return described(new StatBuilder(), spec)
    .thresholds(steps)
    .mappings([...(look.mappings ?? [])])
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .decimals(0)
    .withTarget(query(spec).instant());
}

/** Lines over time. The legend is a table with the last and the highest value of each. */
export function timeseriesPanel(spec: PanelSpec, legend: string): Builder<Panel> {
  const table = new VizLegendOptionsBuilder()
    .displayMode(LegendDisplayMode.Table)
    .placement(LegendPlacement.Bottom)
    .calcs(['lastNotNull', 'max'])
    .sortBy('Max')
    .sortDesc(true);
  return described(new TimeseriesBuilder(), spec)
    .legend(table)
    .lineWidth(1)
    .fillOpacity(10)
    .min(0)
    .withTarget(query(spec).range().legendFormat(legend));
}

/** One row for each series, coloured by what its value means. */
export function stateTimelinePanel(
  spec: PanelSpec,
  legend: string,
  meanings: readonly ValueMapping[],
): Builder<Panel> {
  return described(new StateTimelineBuilder(), spec)
    .mappings([...meanings])
    .fillOpacity(80)
    .perPage(20)
    .withTarget(query(spec).range().legendFormat(legend));
}

/** The labels of each series of the present as a row. `columns` maps labels to headings, in order. */
export function tablePanel(
  spec: PanelSpec,
  columns: Readonly<Record<string, string>>,
  coloured: { readonly column: string; readonly meanings: readonly ValueMapping[] },
): Builder<Panel> {
  const indexByName = Object.fromEntries(Object.keys(columns).map((label, index) => [label, index]));
  const excludeByName = { Time: true, Value: true };
  return described(new TableBuilder(), spec)
    .filterable(true)
    .withTransformation({ id: 'organize', options: { excludeByName, indexByName, renameByName: columns } })
    .overrideByName(coloured.column, [
      { id: 'mappings', value: coloured.meanings },
      { id: 'custom.cellOptions', value: { type: 'color-text' } },
    ])
    .withTarget(query(spec).instant().format(PromQueryFormat.Table));
}

/** Grafana's word for a panel's query; the data source stands on it as well as on the panel. */
function query(spec: PanelSpec): DataqueryBuilder {
  return new DataqueryBuilder().datasource(spec.datasource).expr(spec.expr.text);
}

function described<B extends StatBuilder | TimeseriesBuilder | StateTimelineBuilder | TableBuilder>(
  builder: B,
  spec: PanelSpec,
): B {
  builder.title(spec.title).description(spec.description).datasource(spec.datasource);
  builder.unit(spec.unit).span(spec.size.width).height(spec.size.height);
  return builder;
}
