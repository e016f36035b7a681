import { z } from 'zod';

const TARGET = z.object({
  refId: z.string().default('?'),
  expr: z.string(),
  instant: z.boolean().default(false),
  datasource: z.object({ uid: z.string(), type: z.string().optional() }).optional(),
  legendFormat: z.string().optional(),
});

const PANEL = z.object({
  id: z.number(),
  type: z.string(),
  title: z.string().default(''),
  description: z.string().default(''),
  datasource: z.object({ uid: z.string() }).optional(),
  targets: z.array(TARGET).default([]),
  options: z.looseObject({}).default({}),
  fieldConfig: z
    .object({
      defaults: z.looseObject({ unit: z.string().optional(), mappings: z.array(z.unknown()).default([]) }),
    })
    .optional(),
  gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }).optional(),
});

const VARIABLE = z.object({
  type: z.string(),
  name: z.string(),
  label: z.string().optional(),
  query: z
    .union([z.string(), z.object({ query: z.string() }).transform((object) => object.query)])
    .default(''),
  regex: z.string().default(''),
  multi: z.boolean().default(false),
  includeAll: z.boolean().default(false),
  allValue: z.string().optional(),
  refresh: z.number().optional(),
  datasource: z.object({ uid: z.string() }).optional(),
  current: z.object({ value: z.union([z.string(), z.array(z.string())]) }).optional(),
});

const ANNOTATION = z.object({
  name: z.string(),
  expr: z.string(),
  datasource: z.object({ uid: z.string() }).optional(),
});

const DASHBOARD = z.object({
  uid: z.string(),
  title: z.string(),
  editable: z.boolean(),
  tags: z.array(z.string()).default([]),
  schemaVersion: z.number(),
  panels: z.array(PANEL.extend({ panels: z.array(PANEL).default([]) })),
  templating: z.object({ list: z.array(VARIABLE).default([]) }),
  annotations: z.object({ list: z.array(ANNOTATION).default([]) }).default({ list: [] }),
});

/** A query of a panel: what Grafana sends to Prometheus, variables not yet filled in. */
export type Target = z.infer<typeof TARGET>;

/** A panel, a row's heading included. */
export type DashboardPanel = z.infer<typeof PANEL>;

/** A variable at the top of a dashboard. */
export type Variable = z.infer<typeof VARIABLE>;

/** Something that is drawn through all panels over time. */
export type Annotation = z.infer<typeof ANNOTATION>;

/** What the checks read of a dashboard. `panels` has those inside collapsed rows as well. */
export interface DashboardJson
  extends Omit<z.infer<typeof DASHBOARD>, 'panels' | 'templating' | 'annotations'> {
  readonly panels: readonly DashboardPanel[];
  readonly variables: readonly Variable[];
  readonly annotations: readonly Annotation[];
}

/** Reads Grafana's classic dashboard JSON. Throws a list of what is not as Grafana has it. */
export function parseDashboard(json: unknown): DashboardJson {
  const { panels, templating, annotations, ...rest } = DASHBOARD.parse(json);
  return {
    ...rest,
    panels: panels.flatMap(({ panels: inner, ...panel }) => [panel, ...inner]),
    variables: templating.list,
    annotations: annotations.list,
  };
}

/** Names a query for people: `panel 3 "Memory", query A`. */
export function placeOf(panel: DashboardPanel, target: Target): string {
  return `panel ${panel.id} "${panel.title}", query ${target.refId}`;
}
