import type { Builder } from '@grafana/grafana-foundation-sdk/cog';
import type { AnnotationQuery } from '@grafana/grafana-foundation-sdk/dashboard';
import { AnnotationQueryBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Colour } from './colours.ts';
import { alertSeries, type Expression, hostSeries, promql } from './promql.ts';
import { DATASOURCE } from './variables.ts';

/** Something that happened, drawn as a line through every panel over time. */
export interface AnnotationSpec {
  readonly name: string;
  readonly expr: Expression;
  readonly colour: Colour;
  /** What stands at the line: `{{alertname}}`. */
  readonly title: string;
  readonly text: string;
  /** Whether the values are Unix times in milliseconds at which it happened, and not the times of samples. */
  readonly valuesAreTimes?: boolean;
  /** Whether it is shown before somebody switches it on. */
  readonly shown?: boolean;
}

/** An annotation from an expression, with a switch at the top of the dashboard. */
export function annotation(spec: AnnotationSpec): Builder<AnnotationQuery> {
  return new AnnotationQueryBuilder()
    .name(spec.name)
    .datasource(DATASOURCE)
    .enable(spec.shown ?? true)
    .iconColor(spec.colour)
    .expr(spec.expr.text)
    .titleFormat(spec.title)
    .textFormat(spec.text)
    .step('60s')
    .useValueForTime(spec.valuesAreTimes ?? false);
}

/** When a repair ended on a chosen host, however it ended. */
export const repairsAnnotation = () =>
  annotation({
    name: 'Repairs',
    expr: promql`${hostSeries('fettle_last_repair_timestamp_seconds')} * 1000`,
    colour: 'blue',
    title: 'A repair ended',
    text: '{{instance}}: see the dashboard "fettle / Repairs"',
    valuesAreTimes: true,
  });

/** While alerts fired, of those with the labels that `matchers` ask for. */
export const alertsAnnotation = (...matchers: readonly string[]) =>
  annotation({
    name: 'Alerts',
    expr: promql`${alertSeries('alertstate="firing"', 'severity!="none"', ...matchers)}`,
    colour: 'orange',
    title: '{{alertname}}',
    text: '{{unit}} {{instance}}',
    shown: false,
  });
