import {
  type DataFrame,
  dateTime,
  FieldType,
  type GrafanaTheme2,
  getDisplayValueAlignmentFactors,
  reduceField,
  type TimeRange,
  VizOrientation,
} from '@grafana/data';
import { BarGaugeDisplayMode, type VizLegendOptions, type VizTextDisplayOptions } from '@grafana/schema';
import {
  BarGauge,
  BigValue,
  BigValueColorMode,
  BigValueGraphMode,
  PanelChrome,
  Table,
  TimeSeries,
} from '@grafana/ui';
import type { Job, PanelJson } from './job.ts';
import { StateTimeline } from './state-timeline.tsx';

interface Props {
  readonly panel: PanelJson;
  readonly frames: DataFrame[];
  readonly error: string | undefined;
  readonly job: Job;
  readonly theme: GrafanaTheme2;
  readonly width: number;
  readonly height: number;
}

/** A panel in Grafana's own frame. */
export function Panel({ panel, frames, error, job, theme, width, height }: Props) {
  return (
    <PanelChrome
      title={panel.title}
      description={panel.description ?? ''}
      width={width}
      height={height}
      statusMessage={error}
      padding={panel.type === 'stat' ? 'md' : 'none'}
    >
      {(innerWidth, innerHeight) =>
        frames.every(({ length }) => length === 0) && panel.type !== 'text' ? (
          <Empty text={panel.fieldConfig?.defaults['noValue']} />
        ) : (
          inside({ panel, frames, job, theme, width: innerWidth, height: innerHeight })
        )
      }
    </PanelChrome>
  );
}

function Empty({ text }: { readonly text: unknown }) {
  return (
    <div style={{ height: '100%', display: 'flex', alignItems: 'center', justifyContent: 'center' }}>
      {typeof text === 'string' ? text : 'No data'}
    </div>
  );
}

function inside(props: Omit<Props, 'error'>) {
  const { panel, frames, job, theme, width, height } = props;
  switch (panel.type) {
    case 'stat':
    case 'gauge':
      return <Stats {...props} />;
    case 'bargauge':
      return <Bars {...props} />;
    case 'table':
      return <Table data={frames[0] ?? { fields: [], length: 0 }} width={width} height={height} />;
    case 'state-timeline':
      return (
        <StateTimeline frames={frames} window={job.window} theme={theme} width={width} height={height} />
      );
    case 'text':
      return (
        <div style={{ padding: 12, whiteSpace: 'pre-wrap' }}>{String(panel.options?.['content'] ?? '')}</div>
      );
    default:
      return (
        <TimeSeries
          frames={frames}
          width={width}
          height={height}
          timeRange={rangeOf(job)}
          timeZone="utc"
          legend={legendOf(panel)}
          options={{}}
        />
      );
  }
}

function legendOf(panel: PanelJson): VizLegendOptions {
  return panel.options?.['legend'] as VizLegendOptions;
}

function rangeOf({ window }: Job): TimeRange {
  const from = dateTime(window.start * 1000);
  const to = dateTime(window.end * 1000);
  return { from, to, raw: { from, to } };
}

function Stats({ panel, frames, theme, width, height }: Omit<Props, 'error'>) {
  const { colorMode, textMode, text } = panel.options ?? {};
  const values = valuesOf(frames);
  const named =
    textMode === 'value_and_name' || textMode === 'name' || (textMode === 'auto' && values.length > 1);
  return (
    <div style={{ display: 'flex', width, height }}>
      {values.map(({ name, shown }) => (
        <BigValue
          key={name}
          theme={theme}
          width={width / values.length}
          height={height}
          value={{ ...shown, ...(named ? { title: name } : {}) }}
          colorMode={(colorMode as BigValueColorMode | undefined) ?? BigValueColorMode.Value}
          graphMode={BigValueGraphMode.None}
          {...(text !== undefined && { text: text as VizTextDisplayOptions })}
        />
      ))}
    </div>
  );
}

function Bars({ frames, theme, width, height }: Omit<Props, 'error'>) {
  const values = valuesOf(frames);
  const alignmentFactors = getDisplayValueAlignmentFactors(
    values.map(({ name, shown, field }) => ({
      name,
      field: field.config,
      hasLinks: false,
      display: { ...shown, title: name },
    })),
  );
  return (
    <div style={{ padding: 8 }}>
      {values.map(({ name, shown, field }) => (
        <BarGauge
          key={name}
          theme={theme}
          width={width - 16}
          height={Math.min(44, (height - 16) / values.length)}
          value={{ ...shown, title: name }}
          field={field.config}
          {...(field.display && { display: field.display })}
          orientation={VizOrientation.Horizontal}
          displayMode={BarGaugeDisplayMode.Basic}
          alignmentFactors={alignmentFactors}
        />
      ))}
    </div>
  );
}

function valuesOf(frames: DataFrame[]) {
  return frames.flatMap(({ fields }) =>
    fields
      .filter(({ type }) => type === FieldType.number)
      .flatMap((field) => {
        const last: unknown = reduceField({ field, reducers: ['lastNotNull'] })['lastNotNull'];
        const shown = field.display?.(last);
        return shown === undefined ? [] : [{ name: field.state?.displayName ?? '', shown, field }];
      }),
  );
}
