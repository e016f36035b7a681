import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';
import {
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import type { Expression } from './promql.ts';
import { DATASOURCE } from './variables.ts';

/** Grafana's names of the units that we use. Bytes are binary (KiB), `Bps` is bytes in a second. */
export type Unit =
  | 'none'
  | 'short'
  | 'bytes'
  | 'Bps'
  | 'percentunit'
  | 's'
  | 'dtdurations'
  | 'dateTimeFromNow'
  | 'dateTimeAsIso'
  | 'celsius'
  | 'watt'
  | 'volt'
  | 'amp'
  | 'hertz'
  | 'rotrpm'
  | 'ops'
  | 'cps';

/** What every panel must say. Nothing here but the last has a default, so nothing can be forgotten. */
export interface PanelSpec {
  readonly title: string;
  /** For people who see the panel for the first time: what it shows, and what to make of it. */
  readonly description: string;
  readonly unit: Unit;
  /** Of 24 columns, and in rows of about 30 pixels. */
  readonly size: { readonly width: number; readonly height: number };
  /**
   * What it means that there is nothing to show, where that is normal: "No unit has a CPU quota".
   *
   * Left out where an empty panel means that something is not read: Grafana then says "No data".
   */
  readonly none?: string;
}

/** A question to Prometheus, and how its answers are called: `{{name}} ({{instance}})`. */
export interface Query {
  readonly expr: Expression;
  readonly legend: string;
}

/** What every form of panel of the SDK has; `this` in its own signatures keeps the form. */
interface CommonBuilder {
  title(title: string): unknown;
  description(description: string): unknown;
  datasource(datasource: DataSourceRef): unknown;
  unit(unit: string): unknown;
  span(width: number): unknown;
  height(height: number): unknown;
  noValue(text: string): unknown;
}

/** The builder with all that the panel must say, and the dashboard's data source. */
export function described<B extends CommonBuilder>(builder: B, spec: PanelSpec): B {
  builder.title(spec.title);
  builder.description(spec.description);
  builder.datasource(DATASOURCE);
  builder.unit(spec.unit);
  builder.span(spec.size.width);
  builder.height(spec.size.height);
  if (spec.none !== undefined) builder.noValue(spec.none);
  return builder;
}

/** Grafana's word for a question about the present. The data source stands on it as well as on the panel. */
export function instantTarget({ expr, legend }: Query): DataqueryBuilder {
  return new DataqueryBuilder().datasource(DATASOURCE).expr(expr.text).instant().legendFormat(legend);
}

/** Grafana's word for a question about the time shown. */
export function rangeTarget({ expr, legend }: Query): DataqueryBuilder {
  return new DataqueryBuilder().datasource(DATASOURCE).expr(expr.text).range().legendFormat(legend);
}

/** Colours from a value on, in the unit of the panel; the first has the value null. */
export function absolute(steps: readonly Threshold[]): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([...steps]);
}
