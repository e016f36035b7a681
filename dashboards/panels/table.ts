import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { DynamicConfigValue, Panel, ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table';
import { described, instantTarget, type PanelSpec, type Unit } from '../panel.ts';
import type { Expression } from '../promql.ts';

/** A question whose answers are rows. With a heading its values are a column, else only its labels show. */
export interface TableQuery {
  readonly expr: Expression;
  readonly heading?: string;
}

/** How a column looks, by its heading. */
export interface ColumnLook {
  readonly unit?: Unit;
  readonly decimals?: number;
  readonly width?: number;
  /** Words and colours for its values; the cell's text takes the colour. */
  readonly meanings?: readonly ValueMapping[];
  /** Where a click on a cell leads, and what says so. */
  readonly link?: { readonly title: string; readonly url: string };
}

/** A table of the present. */
export interface TableLook {
  /** Labels and their headings, in order. The values follow. Labels that are not here are left out. */
  readonly labels: Readonly<Record<string, string>>;
  readonly columns?: Readonly<Record<string, ColumnLook>>;
  /** The heading by which the rows are sorted, highest first. */
  readonly sortedBy?: string;
}

/** The series of the present as rows; those of several questions with the same labels are one row. */
export function tablePanel(
  spec: PanelSpec,
  queries: readonly TableQuery[],
  { labels, columns = {}, sortedBy }: TableLook,
): Builder<Panel> {
  const panel = described(new TableBuilder(), spec).filterable(true);
  for (const query of queries) {
    panel.withTarget(instantTarget({ expr: query.expr, legend: '' }).format(PromQueryFormat.Table));
  }
  if (queries.length > 1) panel.withTransformation({ id: 'merge', options: {} });
  panel
    .withTransformation({
      id: 'filterFieldsByName',
      options: { include: { pattern: shown(labels, queries) } },
    })
    .withTransformation({ id: 'organize', options: headings(labels, queries) });
  if (sortedBy !== undefined) {
    panel.withTransformation({ id: 'sortBy', options: { sort: [{ field: sortedBy, desc: true }] } });
  }
  for (const [heading, look] of Object.entries(columns)) panel.overrideByName(heading, properties(look));
  return panel;
}

/** Grafana calls the values of a single question "Value", and those of several "Value #A" and so on. */
function valueField(index: number, count: number): string {
  return count === 1 ? 'Value' : `Value #${String.fromCharCode('A'.charCodeAt(0) + index)}`;
}

function valueFields(queries: readonly TableQuery[]): readonly (readonly [string, string])[] {
  return queries.flatMap(({ heading }, index) =>
    heading === undefined ? [] : [[valueField(index, queries.length), heading] as const],
  );
}

function shown(labels: Readonly<Record<string, string>>, queries: readonly TableQuery[]): string {
  const fields = [...Object.keys(labels), ...valueFields(queries).map(([field]) => field)];
  return `^(${fields.join('|')})$`;
}

function headings(labels: Readonly<Record<string, string>>, queries: readonly TableQuery[]) {
  const renameByName = { ...labels, ...Object.fromEntries(valueFields(queries)) };
  const indexByName = Object.fromEntries(Object.keys(renameByName).map((field, index) => [field, index]));
  return { excludeByName: {}, indexByName, renameByName };
}

function properties({ unit, decimals, width, meanings, link }: ColumnLook): DynamicConfigValue[] {
  const all: readonly DynamicConfigValue[] = [
    { id: 'unit', value: unit },
    { id: 'decimals', value: decimals },
    { id: 'custom.width', value: width },
    { id: 'mappings', value: meanings },
    { id: 'custom.cellOptions', value: meanings?.some(isColoured) ? { type: 'color-text' } : undefined },
    { id: 'links', value: link && [{ ...link, targetBlank: false }] },
  ];
  return all.filter(({ value }) => value !== undefined);
}

/** Whether a word has a colour of its own: without one Grafana would take a cell's from its thresholds, green or red. */
function isColoured({ options }: ValueMapping): boolean {
  return JSON.stringify(options).includes('"color"');
}
