import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common';
import {
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';

/** The Prometheus that the reader has chosen at the top of the dashboard. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana fills it in, not JavaScript.
export const DATASOURCE: DataSourceRef = { type: 'prometheus', uid: '${datasource}' };

/** The choice of a Prometheus. It comes first, because the other variables ask it. */
export function datasourceVariable(): DatasourceVariableBuilder {
  return new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus');
}

/** The choice of scrape jobs: exporter, remediator, or both. */
export function jobVariable(): QueryVariableBuilder {
  return labelVariable('job', 'Job', 'fettle_build_info');
}

/** The choice of hosts. Exporter and remediator of a host are two instances, unless a relabelling makes them one. */
export function instanceVariable(): QueryVariableBuilder {
  return labelVariable('instance', 'Instance', 'fettle_build_info{job=~"$job"}');
}

/**
 * The choice of one, several or all values of a label.
 *
 * "All" stands for the regular expression `.+`, not for the list of values: the list of a fleet's units
 * would make a query too long to send.
 *
 * @param name    the variable's name, and the label's unless `from` says another one
 * @param series  the series whose labels are offered; it may use the variables before it
 */
export function labelVariable(
  name: string,
  label: string,
  series: string,
  from = name,
): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .label(label)
    .datasource(DATASOURCE)
    .query(`label_values(${series}, ${from})`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.NaturalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.+')
    .current({ selected: true, text: 'All', value: '$__all' });
}
