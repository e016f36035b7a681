import type { UnitsReading } from '../../app/units.ts';
import type { Clock } from '../../domain/clock.ts';
import { plainText } from '../plain-text.ts';
import { type CpuRatios, createCpuMeter } from './cpu-meter.ts';
import { unitsJson } from './json.ts';
import type { Frame, Room, Screen } from './screen.ts';
import type { Selection } from './selection.ts';
import { tableLines } from './table.ts';
import { unitColumns } from './unit-columns.ts';
import { type UnitView, unitViews } from './view.ts';

/** What a watch is made of. */
export interface WatchParts {
  readonly read: () => Promise<UnitsReading>;
  readonly show: (reading: UnitsReading) => void;
  readonly intervalMs: number;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly stop: AbortSignal;
}

/** Reads and shows units again and again until it is told to stop. */
export async function watchUnits({ read, show, intervalMs, clock, stop }: WatchParts): Promise<void> {
  while (!stop.aborted) {
    show(await read());
    await clock.sleep(intervalMs, stop).catch((thrown: unknown) => {
      if (!stop.aborted) throw thrown;
    });
  }
}

/** How a watch looks. */
export interface WatchLook {
  readonly selection: Selection;
  readonly colours: boolean;
  /** Told on the first line of a terminal. */
  readonly hint: string;
}

/** Shows readings as tables on a screen, with how busy each unit was since the one before. */
export function createTableView(
  look: WatchLook,
  screen: Screen,
  clock: Pick<Clock, 'now' | 'elapsedMs'>,
): (reading: UnitsReading) => void {
  const meter = createCpuMeter();
  return (reading) => {
    const views = unitViews(reading, look.selection);
    const cpuRatios = meter(views, clock.elapsedMs());
    screen.show(watchFrame(look, reading, { views, cpuRatios, nowSeconds: clock.now().getTime() / 1000 }));
  };
}

interface Measured {
  readonly views: readonly UnitView[];
  readonly cpuRatios: CpuRatios;
  readonly nowSeconds: number;
}

/** One paint: a status line where there is a terminal, then the table, or the reason why there is none. */
function watchFrame({ selection, colours, hint }: WatchLook, reading: UnitsReading, seen: Measured): Frame {
  const { views } = seen;
  const { problem, units } = reading;
  return (room) => {
    if (problem !== undefined) return [cut(awayLine(problem), room)];
    if (views.length === 0) return selection.misses(units).map((miss) => cut(plainText(miss), room));
    const table = tableLines(unitColumns(seen), views, { width: room.columns, colours });
    return room.rows === undefined
      ? table
      : [cut(`${summary(views)}; ${hint}`, room), ...fitting(table, room.rows - 1)];
  };
}

function awayLine(problem: string): string {
  return plainText(`systemd cannot be reached; trying again: ${problem}`);
}

function summary(views: readonly UnitView[]): string {
  const failed = views.filter(({ unit }) => unit.activeState === 'failed').length;
  return `${views.length} ${views.length === 1 ? 'unit' : 'units'}, ${failed} failed`;
}

function cut(line: string, { columns }: Room): string {
  return line.slice(0, columns);
}

/** As many lines as there is room for, the last one telling how many units are not shown. */
function fitting(lines: readonly string[], rows: number): readonly string[] {
  if (lines.length <= rows) return lines;
  const kept = Math.max(0, rows - 1);
  return [...lines.slice(0, kept), `… ${lines.length - kept} more`];
}

/** Shows readings as lines of JSON; that systemd is away is told once, to people. */
export function createJsonView(
  selection: Selection,
  print: (line: string) => void,
  tell: (line: string) => void,
): (reading: UnitsReading) => void {
  let away = false;
  return (reading) => {
    if (reading.problem === undefined) print(unitsJson(unitViews(reading, selection)));
    else if (!away) tell(awayLine(reading.problem));
    away = reading.problem !== undefined;
  };
}
