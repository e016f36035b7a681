import { type DataFrame, FieldType, formattedValueToString, type GrafanaTheme2 } from '@grafana/data';
import type { Job } from './job.ts';

interface Props {
  readonly frames: DataFrame[];
  readonly window: Job['window'];
  readonly theme: GrafanaTheme2;
  readonly width: number;
  readonly height: number;
}

interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly colour: string;
}

/** One row a series: the panel itself is in Grafana's core, so this one has only its colours, words and legend. */
export function StateTimeline({ frames, window, theme, width, height }: Props) {
  const rows = frames.slice(0, 20).map((frame) => rowOf(frame, window.step));
  const legend = new Map(rows.flatMap(({ stretches }) => stretches.map((one) => [one.text, one.colour])));
  const names = Math.min(width * 0.45, 24 + 7 * Math.max(...rows.map(({ name }) => name.length)));
  const rowHeight = Math.min(60, (height - 30) / Math.max(1, rows.length));
  const scale = (width - names - 12) / (window.end - window.start);
  return (
    <div style={{ width, height, fontSize: 12, color: theme.colors.text.primary }}>
      {rows.map(({ name, stretches }) => (
        <div key={name} style={{ display: 'flex', height: rowHeight, alignItems: 'center' }}>
          <div
            style={{
              width: names,
              paddingRight: 8,
              textAlign: 'right',
              overflow: 'hidden',
              whiteSpace: 'nowrap',
            }}
          >
            {name}
          </div>
          <div style={{ position: 'relative', flex: 1, height: rowHeight - 6 }}>
            {stretches.map(({ from, to, text, colour }) => (
              <div
                key={from}
                style={{
                  position: 'absolute',
                  left: (from - window.start) * scale,
                  width: Math.max(2, (to - from) * scale - 1),
                  height: '100%',
                  overflow: 'hidden',
                  paddingLeft: 4,
                  lineHeight: `${rowHeight - 6}px`,
                  whiteSpace: 'nowrap',
                  background: colour,
                  color: theme.colors.getContrastText(colour),
                }}
              >
                {(to - from) * scale > text.length * 7 && rowHeight > 18 ? text : ''}
              </div>
            ))}
          </div>
        </div>
      ))}
      <div style={{ display: 'flex', gap: 16, paddingTop: 6, paddingLeft: 8 }}>
        {[...legend].map(([text, colour]) => (
          <span key={text}>
            <span
              style={{
                display: 'inline-block',
                width: 14,
                height: 4,
                marginRight: 6,
                marginBottom: 3,
                background: colour,
              }}
            />
            {text}
          </span>
        ))}
      </div>
    </div>
  );
}

function rowOf(frame: DataFrame, step: number): { name: string; stretches: readonly Stretch[] } {
  const value = frame.fields.find(({ type }) => type === FieldType.number);
  const times = frame.fields.find(({ type }) => type === FieldType.time)?.values ?? [];
  const stretches: Stretch[] = [];
  for (const [index, time] of times.entries()) {
    const shown = value?.display?.(value.values[index]);
    if (shown === undefined) continue;
    const text = formattedValueToString(shown);
    const from = Number(time) / 1000;
    const last = stretches.at(-1);
    if (last !== undefined && last.text === text && from - last.to < step / 2) {
      stretches[stretches.length - 1] = { ...last, to: from + step };
    } else {
      stretches.push({ from, to: from + step, text, colour: shown.color ?? '#8e8e8e' });
    }
  }
  return { name: value?.state?.displayName ?? '', stretches };
}
