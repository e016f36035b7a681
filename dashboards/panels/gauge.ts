import { PanelBuilder as BarGaugeBuilder } from '@grafana/grafana-foundation-sdk/bargauge';
import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  BarGaugeDisplayMode,
  ReduceDataOptionsBuilder,
  VizOrientation,
} from '@grafana/grafana-foundation-sdk/common';
import type { Panel, Threshold, ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { absolute, described, instantTarget, type PanelSpec, type Query } from '../panel.ts';

/** How a gauge looks. Without a maximum Grafana takes the highest value there is. */
export interface GaugeLook {
  readonly thresholds: readonly Threshold[];
  readonly mappings?: readonly ValueMapping[];
  readonly min?: number;
  readonly max?: number;
  readonly decimals?: number;
}

/** A horizontal bar for each series of the present: for many of them, to be compared. */
export function barGaugePanel(spec: PanelSpec, queries: readonly Query[], look: GaugeLook): Builder<Panel> {
  const panel = described(new BarGaugeBuilder(), spec)
    .orientation(VizOrientation.Horizontal)
    .displayMode(BarGaugeDisplayMode.Basic);
  panel.thresholds(absolute(look.thresholds)).mappings([...(look.mappings ?? [])]);
  panel.reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull'])).min(look.min ?? 0);
  if (look.max !== undefined) panel.max(look.max);
  if (look.decimals !== undefined) panel.decimals(look.decimals);
  for (const query of queries) panel.withTarget(instantTarget(query));
  return panel;
}
