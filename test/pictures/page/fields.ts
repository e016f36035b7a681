import {
  type DataFrame,
  type Field,
  type FieldConfig,
  FieldType,
  type GrafanaTheme2,
  getDisplayProcessor,
  getFieldDisplayName,
} from '@grafana/data';
import type { OverrideJson, PanelJson } from './job.ts';

/** The frames with the looks that the panel gives to their fields, as Grafana's core does it. */
export function withLooks(frames: DataFrame[], panel: PanelJson, theme: GrafanaTheme2): DataFrame[] {
  let seriesIndex = 0;
  const range = panel.type === 'bargauge' ? rangeOf(frames) : {};
  return frames.map((frame) => ({
    ...frame,
    fields: frame.fields.map((field) => {
      const config = { ...range, ...configOf(field, frame, frames, panel) };
      const looked: Field = { ...field, config, state: null };
      looked.state = { displayName: config.displayName ?? getFieldDisplayName(looked, frame, frames) };
      if (field.type === FieldType.number) {
        looked.state.seriesIndex = seriesIndex;
        seriesIndex += 1;
      }
      looked.display = getDisplayProcessor({ field: looked, theme });
      return looked;
    }),
  }));
}

/** Bars without an end of their own end at the highest value of all. */
function rangeOf(frames: DataFrame[]): Pick<FieldConfig, 'max'> {
  const values = frames.flatMap(({ fields }) =>
    fields.filter(({ type }) => type === FieldType.number).flatMap((field) => field.values.map(Number)),
  );
  return values.length === 0 ? {} : { max: Math.max(...values) };
}

function configOf(field: Field, frame: DataFrame, all: DataFrame[], panel: PanelJson): FieldConfig {
  const isValue = field.type === FieldType.number;
  const { thresholds, ...rest } = (panel.fieldConfig?.defaults ?? {}) as FieldConfig;
  const defaults: FieldConfig = {
    ...(isValue ? rest : { custom: rest.custom, mappings: rest.mappings }),
    ...field.config,
    ...(thresholds && { thresholds: { ...thresholds, steps: thresholds.steps.map(opened) } }),
  };
  const colour = thresholds !== undefined && panel.type !== 'timeseries' ? 'thresholds' : 'palette-classic';
  const config = { ...defaults, color: rest.color ?? { mode: colour } };
  return (panel.fieldConfig?.overrides ?? [])
    .filter((override) => fits(override, field, frame, all))
    .flatMap(({ properties }) => properties)
    .reduce(changed, config);
}

/** JSON has no -Infinity: the lowest threshold is null there. */
function opened<T extends { value: number | null }>(step: T): T & { value: number } {
  return { ...step, value: step.value ?? Number.NEGATIVE_INFINITY };
}

function fits({ matcher }: OverrideJson, field: Field, frame: DataFrame, all: DataFrame[]): boolean {
  if (matcher.id === 'byFrameRefID') return frame.refId === matcher.options;
  if (matcher.id === 'byName') {
    return field.name === matcher.options || getFieldDisplayName(field, frame, all) === matcher.options;
  }
  if (matcher.id === 'byRegexp') {
    const [, source = ''] = /^\/(.*)\/$/.exec(matcher.options ?? '') ?? [];
    return field.type === FieldType.number && new RegExp(source).test(getFieldDisplayName(field, frame, all));
  }
  return false;
}

function changed(config: FieldConfig, { id, value }: OverrideJson['properties'][number]): FieldConfig {
  if (!id.startsWith('custom.')) return { ...config, [id]: value };
  return { ...config, custom: { ...config.custom, [id.slice('custom.'.length)]: value } };
}
