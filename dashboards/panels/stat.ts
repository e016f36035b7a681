import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
  ReduceDataOptionsBuilder,
  VizTextDisplayOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import type { Panel, Threshold, ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { absolute, described, instantTarget, type PanelSpec, type Query } from '../panel.ts';

/** How a stat looks. */
export interface StatLook {
  readonly thresholds: readonly Threshold[];
  readonly mappings?: readonly ValueMapping[];
  readonly decimals?: number;
  /** Names of several values beside them, or nothing but the value (Grafana decides unless said). */
  readonly text?: 'value' | 'name' | 'both';
  /** Whether the whole panel is coloured, and not the value alone. */
  readonly filled?: boolean;
  /** Pixels of the letters, for sentences; without it Grafana fills the panel. */
  readonly pixels?: number;
}

const TEXT_MODES = {
  value: BigValueTextMode.Value,
  name: BigValueTextMode.Name,
  both: BigValueTextMode.ValueAndName,
} as const;

/** Numbers of the present, one for each series, coloured by thresholds or by the words for them. */
export function statPanel(spec: PanelSpec, queries: readonly Query[], look: StatLook): Builder<Panel> {
  const panel = described(new StatBuilder(), spec)
    .thresholds(absolute(look.thresholds))
    .mappings([...(look.mappings ?? [])])
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .graphMode(BigValueGraphMode.None)
    .colorMode(look.filled === true ? BigValueColorMode.BackgroundSolid : BigValueColorMode.Value)
    .textMode(look.text === undefined ? BigValueTextMode.Auto : TEXT_MODES[look.text])
    .decimals(look.decimals ?? 0);
  if (look.pixels !== undefined) panel.text(new VizTextDisplayOptionsBuilder().valueSize(look.pixels));
  for (const query of queries) panel.withTarget(instantTarget(query));
  return panel;
}
