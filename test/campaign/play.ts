import { ALERTS } from './alertmanager.ts';
import { type Command, type Story, toldCommand } from './commands.ts';
import { withVirtualTimers } from './timers.ts';
import { createWorld, type World } from './world.ts';

/** What became of a history. */
export interface Played {
  /** Undefined: everything was as it should be. */
  readonly problem: string | undefined;
  readonly commands: number;
  readonly asked: number;
  readonly crashes: number;
  readonly intakes: number;
  readonly virtualSeconds: number;
  /** Refusals by rail. */
  readonly refusals: ReadonlyMap<string, number>;
  /** What happened, if it was asked for. */
  readonly trace: readonly string[];
}

/** Long enough for every ladder, window and circuit to come to its end. */
const CALM_SECONDS = 1800;

/** What could not be undone is tried again after waits that grow to an hour. */
const LONGEST_CALM_SECONDS = 3 * 3600;

/** Plays a history on a machine of its own, and then lets it calm down. */
export async function play({ settings, commands }: Story, isTraced = false): Promise<Played> {
  const world = createWorld(settings, isTraced);
  const { oracle } = world;
  const onUnheard = (thrown: unknown) =>
    oracle.complain(`a rejection that nobody hears would end fettle: ${thrown}`);
  process.on('unhandledRejection', onUnheard);
  try {
    await withVirtualTimers(
      () => world.time,
      world.owner,
      () => live(commands, world),
    );
  } finally {
    process.off('unhandledRejection', onUnheard);
  }
  return {
    problem: oracle.problems[0],
    commands: commands.length,
    ...world.counts,
    intakes: oracle.book.cases.size,
    virtualSeconds: world.time.trueMs / 1000,
    refusals: refusalsOf(world),
    trace: world.trace,
  };
}

async function live(commands: readonly Command[], world: World): Promise<void> {
  const { oracle } = world;
  world.start();
  await world.pass(1);
  for (const command of commands) {
    if (oracle.problems.length > 0) return;
    world.note(() => `--- ${toldCommand(command)}`);
    await carryOut(command, world);
    await world.compare();
  }
  if (oracle.problems.length > 0) return;
  world.note(() => '--- everything calms down');
  await calmDown(world);
}

async function carryOut(command: Command, world: World): Promise<void> {
  const { time, units, around, moods, disk, alerts, oracle } = world;
  switch (command.do) {
    case 'pass':
      return await world.pass(command.seconds);
    case 'trouble': {
      const [name, unitName = ''] = ALERTS[command.alert] ?? [];
      const unit = units.of(unitName);
      const isFailure = name === 'crashed' || name === 'stuck';
      if (unit !== undefined && isFailure) units.happen(unit, 'fails');
      await world.pass(command.seconds);
      return alerts.send([alerts.fire(command.alert, 'now')]);
    }
    case 'unit': {
      const unit = units.of(command.unit);
      if (unit !== undefined) units.happen(unit, command.event);
      return;
    }
    case 'fire': {
      const notification = command.alerts.map((one) => alerts.fire(one, command.beginning));
      for (let copy = 0; copy < command.copies; copy++) alerts.send(notification);
      return;
    }
    case 'resolve':
      return alerts.send(command.alerts.flatMap((one) => alerts.over(one)));
    case 'repeat':
      return alerts.repeat();
    case 'jobs':
      moods.jobs = command.mood;
      return;
    case 'looks':
      moods.looks = command.mood;
      return;
    case 'disk':
      disk.state = command.state;
      return;
    case 'pause':
      return around.pause(command.seconds);
    case 'resume':
      return around.resume();
    case 'matter':
      return around.set(command.matter, command.isOn);
    case 'packages':
      return around.changePackages();
    case 'limit': {
      const unit = units.of('c.service');
      if (unit === undefined) return;
      units.setByHand(unit, command.property, command.value);
      return oracle.onSetByHand(unit);
    }
    case 'jump':
      return time.jump(command.seconds);
    case 'suspend':
      return time.suspend(command.seconds);
    case 'settings':
      return world.reload(command.change);
    case 'crash':
      return world.endAfter(command.events, () => {
        world.kill(command.lines);
        time.after(command.down * 1000, 'world', world.start);
      });
    case 'reboot':
      return world.endAfter(command.events, () => {
        world.reboot(command.lines);
        time.after(command.down * 1000, 'world', world.start);
      });
    case 'stop':
      await world.stop();
      time.after(command.down * 1000, 'world', world.start);
      return;
    default:
      command satisfies never;
  }
}

/** The disk works, the manager answers, nothing is the matter, and every alert is over. */
async function calmDown(world: World): Promise<void> {
  const { moods, disk, around, alerts, oracle, units } = world;
  moods.jobs = 'prompt';
  moods.looks = 'prompt';
  disk.state = 'works';
  around.calm();
  for (const unit of units.all) if (unit.isMasked) units.happen(unit, 'is masked');
  world.endAfter(Number.POSITIVE_INFINITY, () => undefined);
  world.start();
  await world.pass(60);
  alerts.send(alerts.allOver());
  await world.pass(60);
  if (alerts.unsent > 0) oracle.complain(`${alerts.unsent} notifications were never taken`);
  await world.pass(CALM_SECONDS);
  for (let calm = CALM_SECONDS; world.isUndoing() && calm < LONGEST_CALM_SECONDS; calm += CALM_SECONDS) {
    await world.pass(CALM_SECONDS);
  }
  await world.compare();
  oracle.atEnd();
}

function refusalsOf({ disk }: World): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const text of disk.texts) {
    if (!text.includes('"event":"refused"')) continue;
    for (const [, rail = ''] of text.matchAll(/"rail":"([^"]+)"/g))
      counts.set(rail, (counts.get(rail) ?? 0) + 1);
  }
  return counts;
}
