import type { GpusReading } from '../../app/gpus.ts';
import type { Clock } from '../../domain/clock.ts';
import { plainText } from '../plain-text.ts';
import { tableLines } from '../table/table.ts';
import { cutLine, fittingLines } from '../watch/room.ts';
import type { Frame, Screen } from '../watch/screen.ts';
import { gpuColumns } from './gpu-columns.ts';
import { gpusJson } from './json.ts';
import { gpuProblems } from './problems.ts';
import { gpuRows } from './view.ts';

/** How a watch looks. */
export interface WatchLook {
  readonly colours: boolean;
  /** Told on the first line of a terminal. */
  readonly hint: string;
}

/** Shows readings as tables on a screen. */
export function createTableView(
  look: WatchLook,
  screen: Screen,
  clock: Pick<Clock, 'now'>,
): (reading: GpusReading) => void {
  return (reading) => screen.show(watchFrame(look, reading, clock.now().getTime() / 1000));
}

/** One paint: a status line where there is a terminal, then what is wrong, then the table. */
function watchFrame({ colours, hint }: WatchLook, reading: GpusReading, nowSeconds: number): Frame {
  const { gpus } = reading;
  const problems = gpuProblems(reading).map(plainText);
  return (room) => {
    const style = { width: room.columns, colours };
    const table = gpus.length === 0 ? [] : tableLines(gpuColumns(nowSeconds), gpuRows(gpus), style);
    const lines = [...problems.map((line) => cutLine(line, room)), ...table];
    return room.rows === undefined
      ? lines
      : [cutLine(`${summary(reading)}; ${hint}`, room), ...fittingLines(lines, room.rows - 1)];
  };
}

function summary({ gpus }: GpusReading): string {
  const lost = gpus.filter(({ state }) => state === 'lost').length;
  return `${gpus.length} ${gpus.length === 1 ? 'GPU' : 'GPUs'}, ${lost} lost`;
}

/** Shows readings as lines of JSON; what is wrong is told to people when it changes. */
export function createJsonView(
  print: (line: string) => void,
  tell: (sentence: string) => void,
): (reading: GpusReading) => void {
  let told: readonly string[] = [];
  return (reading) => {
    const problems = gpuProblems(reading);
    print(gpusJson(reading.gpus));
    for (const problem of problems) if (!told.includes(problem)) tell(problem);
    told = problems;
  };
}
