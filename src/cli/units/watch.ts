import type { UnitsReading } from '../../app/units.ts';
import type { Clock } from '../../domain/clock.ts';
import { plainText } from '../plain-text.ts';
import { tableLines } from '../table/table.ts';
import { cutLine, fittingLines } from '../watch/room.ts';
import type { Frame, Screen } from '../watch/screen.ts';
import { type CpuRatios, createCpuMeter } from './cpu-meter.ts';
import { unitsJson } from './json.ts';
import type { Selection } from './selection.ts';
import { unitColumns } from './unit-columns.ts';
import { type UnitView, unitViews } from './view.ts';

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
    if (problem !== undefined) return [cutLine(awayLine(problem), room)];
    if (views.length === 0) return selection.misses(units).map((miss) => cutLine(plainText(miss), room));
    const table = tableLines(unitColumns(seen), views, { width: room.columns, colours });
    return room.rows === undefined
      ? table
      : [cutLine(`${summary(views)}; ${hint}`, room), ...fittingLines(table, room.rows - 1)];
  };
}

function awayLine(problem: string): string {
  return plainText(`systemd cannot be reached; trying again: ${problem}`);
}

function summary(views: readonly UnitView[]): string {
  const failed = views.filter(({ unit }) => unit.activeState === 'failed').length;
  return `${views.length} ${views.length === 1 ? 'unit' : 'units'}, ${failed} failed`;
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
