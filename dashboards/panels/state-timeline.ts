import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import { VisibilityMode } from '@grafana/grafana-foundation-sdk/common';
import type { Panel, ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { PanelBuilder as StateTimelineBuilder } from '@grafana/grafana-foundation-sdk/statetimeline';
import { described, type PanelSpec, type Query, rangeTarget } from '../panel.ts';

/** One row for each series over time, coloured by what its value means. */
export function stateTimelinePanel(
  spec: PanelSpec,
  queries: readonly Query[],
  meanings: readonly ValueMapping[],
): Builder<Panel> {
  const panel = described(new StateTimelineBuilder(), spec)
    .mappings([...meanings])
    .fillOpacity(80)
    .showValue(VisibilityMode.Auto)
    .perPage(20);
  for (const query of queries) panel.withTarget(rangeTarget(query));
  return panel;
}
