import { createTheme, type DataFrame, ThemeContext } from '@grafana/data';
import { GlobalStyles } from '@grafana/ui';
import { createRoot } from 'react-dom/client';
import { MemoryRouter } from 'react-router-dom';
import { withLooks } from './fields.ts';
import { framesOf } from './frames.ts';
import { COLUMN, HEADER, ROW, WIDTH } from './grid.ts';
import type { Job, PanelJson } from './job.ts';
import { Panel } from './panel.tsx';
import { registerTransformations, shaped } from './shape.ts';
import { stepOf } from './step.ts';

interface Answered {
  readonly panel: PanelJson;
  readonly frames: DataFrame[];
  readonly error: string | undefined;
}

registerTransformations();
const job = (await (await fetch('/job.json')).json()) as Job;
const theme = createTheme({ colors: { mode: job.theme } });
const answered = await Promise.all(job.panels.map(answer));
const bottom = Math.max(...job.panels.map(({ gridPos }) => gridPos.y + gridPos.h));
draw();
// Two frames for React, and time for the plots, which draw on canvas afterwards.
await new Promise((resolve) => setTimeout(resolve, 1500));
document.title = 'drawn';

async function answer(panel: PanelJson): Promise<Answered> {
  try {
    const frames = await Promise.all(
      (panel.targets ?? []).map((target) =>
        framesOf(target, { ...job.window, step: stepOf(panel, job.window.step) }),
      ),
    );
    return { panel, frames: withLooks(await shaped(frames.flat(), panel), panel, theme), error: undefined };
  } catch (error) {
    return { panel, frames: [], error: String(error) };
  }
}

function draw(): void {
  const root = document.getElementById('root');
  if (root === null) throw new Error('the page has no place for the dashboard');
  createRoot(root).render(
    <ThemeContext.Provider value={theme}>
      <MemoryRouter>
        <GlobalStyles />
        <div
          style={{
            position: 'relative',
            width: WIDTH,
            height: HEADER + bottom * ROW,
            background: theme.colors.background?.canvas,
          }}
        >
          <h1 style={{ position: 'absolute', left: 16, top: 14, fontSize: 20 }}>{job.title}</h1>
          {answered.map(({ panel, frames, error }) => (
            <div key={panel.id} style={placeOf(panel)}>
              {panel.type === 'row' ? (
                <div style={{ fontWeight: 500, fontSize: 16, padding: 4 }}>⌄ {panel.title}</div>
              ) : (
                <Panel
                  panel={panel}
                  frames={frames}
                  error={error}
                  job={job}
                  theme={theme}
                  width={panel.gridPos.w * COLUMN - 8}
                  height={panel.gridPos.h * ROW - 8}
                />
              )}
            </div>
          ))}
        </div>
      </MemoryRouter>
    </ThemeContext.Provider>,
  );
}

function placeOf({ gridPos: { x, y } }: PanelJson) {
  return { position: 'absolute', left: 12 + x * COLUMN, top: HEADER + y * ROW } as const;
}
