import { type OpenUnits, openUnits } from '../app/units.ts';
import { messageOf } from '../domain/errors.ts';
import { systemBusAddress } from '../host/bus.ts';
import { systemClock } from '../host/clock.ts';
import type { Command } from './arguments.ts';
import { EXIT } from './exit.ts';
import { tableLines } from './table/table.ts';
import { hasColours, outputScreen, outputWidth, stopSignal, tell } from './terminal.ts';
import { unitsJson } from './units/json.ts';
import { createSelection, type Selection } from './units/selection.ts';
import { unitColumns } from './units/unit-columns.ts';
import { type UnitView, unitViews } from './units/view.ts';
import { createJsonView, createTableView } from './units/watch.ts';
import { INTERVAL_PROBLEM, parseInterval } from './watch/interval.ts';
import { watch } from './watch/watch.ts';

type UnitsCommand = Extract<Command, { kind: 'units' }>;

/** Shows units once, or until it is told to stop; gives the exit code. */
export async function units(command: UnitsCommand): Promise<number> {
  const seconds = await parseInterval(command.interval);
  if (seconds === undefined) {
    tell(INTERVAL_PROBLEM);
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
    await watchUnits(source, selection, { json: command.json, seconds, stop });
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
  return tableLines(columns, views, { width: outputWidth(), colours: hasColours() });
}

interface WatchWishes {
  readonly json: boolean;
  readonly seconds: number;
  readonly stop: AbortSignal;
}

async function watchUnits(
  source: OpenUnits,
  selection: Selection,
  { json, seconds, stop }: WatchWishes,
): Promise<void> {
  const screen = json ? undefined : outputScreen();
  const look = { selection, colours: hasColours(), hint: `every ${seconds} s, Ctrl-C ends` };
  const show =
    screen === undefined
      ? createJsonView(selection, (line) => process.stdout.write(`${line}\n`), tell)
      : createTableView(look, screen, systemClock);
  try {
    await watch({ read: source.read, show, intervalMs: seconds * 1000, clock: systemClock, stop });
  } finally {
    screen?.close();
  }
}
