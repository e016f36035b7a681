import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import {
  GraphDrawStyle,
  LegendDisplayMode,
  LegendPlacement,
  LineStyleBuilder,
  StackingConfigBuilder,
  StackingMode,
  VizLegendOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import type { Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import type { Colour } from '../colours.ts';
import { described, type PanelSpec, type Query, rangeTarget } from '../panel.ts';

/** How lines look; all of it can be left out. */
export interface LineLook {
  /** 0 unless said otherwise; 'auto' for what is never near 0, or may be below it. */
  readonly min?: number | 'auto';
  readonly max?: number;
  readonly stacked?: boolean;
  /** Lines that are limits: dashed and without a filling. They come after the others. */
  readonly limits?: readonly Query[];
  readonly decimals?: number;
  /** Bars instead of lines, one on the other: for counts of what happens now and then. */
  readonly bars?: boolean;
  /** Colours of lines by a word of their names, for what is good or bad; Grafana gives the others theirs. */
  readonly colours?: Readonly<Record<string, Colour>>;
}

/** Lines over time. The legend is a table with the last and the highest value of each. */
export function timeseriesPanel(
  spec: PanelSpec,
  queries: readonly Query[],
  look: LineLook = {},
): Builder<Panel> {
  const panel = described(new TimeseriesBuilder(), spec).legend(legendTable()).lineWidth(1).fillOpacity(10);
  if (look.min !== 'auto') panel.min(look.min ?? 0);
  if (look.max !== undefined) panel.max(look.max);
  // While all counts are 0, Grafana would draw an axis up to 100.
  if (spec.unit === 'short' && look.min !== 'auto') panel.axisSoftMax(1);
  if (look.decimals !== undefined) panel.decimals(look.decimals);
  if (look.stacked === true) {
    panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A')).fillOpacity(30);
  }
  if (look.bars === true) {
    // One bar a minute at the closest: $__rate_interval is then hardly longer than a step, and each event is one bar.
    panel.drawStyle(GraphDrawStyle.Bars).fillOpacity(70).interval('1m');
    panel.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
  }
  for (const query of queries) panel.withTarget(rangeTarget(query));
  for (const [word, fixedColor] of Object.entries(look.colours ?? {})) {
    panel.overrideByRegexp(`/\\b${word}\\b/`, [{ id: 'color', value: { mode: 'fixed', fixedColor } }]);
  }
  for (const [index, limit] of (look.limits ?? []).entries()) {
    const refId = `LIMIT${index}`;
    panel.withTarget(rangeTarget(limit).refId(refId));
    panel.overrideByQuery(refId, LIMIT_LINE);
  }
  return panel;
}

const LIMIT_LINE = [
  { id: 'custom.lineStyle', value: new LineStyleBuilder().fill('dash').dash([8, 6]).build() },
  { id: 'custom.fillOpacity', value: 0 },
  { id: 'custom.stacking', value: { mode: 'none' } },
];

function legendTable(): VizLegendOptionsBuilder {
  return new VizLegendOptionsBuilder()
    .displayMode(LegendDisplayMode.Table)
    .placement(LegendPlacement.Bottom)
    .calcs(['lastNotNull', 'max'])
    .sortBy('Max')
    .sortDesc(true);
}
