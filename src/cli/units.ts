import { type OpenUnits, openUnits } from '../app/units.ts';
import { messageOf } from '../domain/errors.ts';
import { systemBusAddress } from '../host/bus.ts';
import { systemClock } from '../host/clock.ts';
import type { Command } from './arguments.ts';
import { EXIT } from './exit.ts';
import { plainText } from './plain-text.ts';
import { parseInterval } from './units/interval.ts';
import { unitsJson } from './units/json.ts';
import { createPlainScreen, createTerminalScreen, roomOf, type Screen } from './units/screen.ts';
import { createSelection, type Selection } from './units/selection.ts';
import { tableLines } from './units/table.ts';
import { unitColumns } from './units/unit-columns.ts';
import { type UnitView, unitViews } from './units/view.ts';
import { createJsonView, createTableView, watchUnits } from './units/watch.ts';

type UnitsCommand = Extract<Command, { kind: 'units' }>;

/** Shows units once, or until it is told to stop; gives the exit code. */
export async function units(command: UnitsCommand): Promise<number> {
  const seconds = await parseInterval(command.interval);
  if (seconds === undefined) {
    tell('--interval: expected a duration from 100ms to 1d, such as 5s');
    return EXIT.usage;
  }
  const selection = createSelection(command.patterns, command.all);
  const stop = command.watch ? stopSignal() : undefined;
  let source: OpenUnits;
  try {
    source = await openUnits({ busAddress: systemBusAddress(), includes: selection.includes, signal: stop });
  } catch (thrown) {
    return stop?.aborted ? EXIT.ok : unreachable(messageOf(thrown));
  }
  try {
    if (stop === undefined) return await showOnce(source, selection, command.json);
    await watch(source, selection, { json: command.json, seconds, stop });
    return EXIT.ok;
  } finally {
    source.stop();
  }
}

function unreachable(reason: string): number {
  const advice =
    'See whether the system bus runs (systemctl status dbus); in a container, mount /run/dbus of the host';
  tell(`systemd cannot be reached: ${reason}. ${advice}`);
  return EXIT.failure;
}

async function showOnce(source: OpenUnits, selection: Selection, json: boolean): Promise<number> {
  const reading = await source.read();
  if (reading.problem !== undefined) return unreachable(reading.problem);
  const views = unitViews(reading, selection);
  if (json) process.stdout.write(`${unitsJson(views)}\n`);
  else if (views.length > 0) process.stdout.write(`${table(views).join('\n')}\n`);
  const misses = selection.misses(reading.units);
  for (const miss of misses) tell(miss);
  return misses.length === 0 ? EXIT.ok : EXIT.failure;
}

function table(views: readonly UnitView[]): readonly string[] {
  const columns = unitColumns({ nowSeconds: Date.now() / 1000, cpuRatios: undefined });
  const width = process.stdout.isTTY ? roomOf(process.stdout).columns : undefined;
  return tableLines(columns, views, { width, colours: hasColours() });
}

interface WatchWishes {
  readonly json: boolean;
  readonly seconds: number;
  readonly stop: AbortSignal;
}

async function watch(
  source: OpenUnits,
  selection: Selection,
  { json, seconds, stop }: WatchWishes,
): Promise<void> {
  const screen = canPaint() && !json ? terminalScreen() : createPlainScreen(process.stdout);
  const look = { selection, colours: hasColours(), hint: `every ${seconds} s, Ctrl-C ends` };
  const show = json
    ? createJsonView(selection, (line) => process.stdout.write(`${line}\n`), tell)
    : createTableView(look, screen, systemClock);
  try {
    await watchUnits({ read: source.read, show, intervalMs: seconds * 1000, clock: systemClock, stop });
  } finally {
    screen.close();
  }
}

/** The screen of this process's terminal, which is given back also where the process is stopped or ends early. */
function terminalScreen(): Screen {
  const screen = createTerminalScreen(process.stdout);
  process.stdout.on('resize', screen.repaint);
  process.on('exit', screen.close);
  process.on('SIGTSTP', () => {
    screen.close();
    process.kill(process.pid, 'SIGSTOP');
  });
  process.on('SIGCONT', screen.repaint);
  return screen;
}

/** Aborts at the first signal to stop; a second one ends the process on the spot. */
function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => controller.abort());
  return controller.signal;
}

/** Whether the output is a terminal that knows how to move its cursor. */
function canPaint(): boolean {
  return process.stdout.isTTY && process.env['TERM'] !== 'dumb';
}

/** As https://no-color.org/ asks: set, and not empty. */
function hasColours(): boolean {
  return canPaint() && !process.env['NO_COLOR'];
}

function tell(sentence: string): void {
  process.stderr.write(`fettle: ${plainText(sentence)}\n`);
}
