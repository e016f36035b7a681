import type { Step } from '../../../src/domain/step.ts';
import type { Around, Matter } from '../around.ts';
import {
  BLAME,
  LADDERS,
  MAX_ALERT_AGE_SECONDS,
  POLICY_NAMES,
  type PolicyName,
  PROTECTED,
  type Settings,
  WINDOW,
} from '../policies.ts';
import type { WorldTime } from '../time.ts';
import { isUp, type SimUnit, type Units } from '../units.ts';
import { type Attempt, type Book, circuitKey, type When } from './book.ts';

/**
 * How old the knowledge may be on which a step is taken: a look around, the evidence and a write, each slow. What has
 * forbidden it for longer than this must have been seen. In milliseconds awake.
 */
export const GRACE_MS = 6000;

/** What the judgement is made of. */
export interface Scene {
  readonly time: WorldTime;
  readonly units: Units;
  readonly around: Around;
  readonly book: Book;
  /** Those that were in force within the last `GRACE_MS`. */
  readonly settings: readonly Settings[];
}

/** Everything that forbade the attempt which asks for something for the first time now. */
export function forbidden(attempt: Attempt, now: When, scene: Scene): readonly string[] {
  return [
    ...byUnit(attempt, scene),
    ...byPolicy(attempt, scene),
    ...byPeople(attempt, now, scene),
    ...byMatters(attempt, scene),
    ...byNeed(attempt, now, scene),
    ...byStorm(attempt, now, scene),
    ...byCircuit(attempt, now, scene),
  ];
}

/** Whether time and clocks went on as they should for long enough. */
export function isCalmTime(time: WorldTime): boolean {
  return time.awakeMs - time.disturbedAt >= GRACE_MS;
}

/** Whether somebody has paused fettle for long enough to be heard. */
export function isPaused({ time, around: { paused } }: Scene): boolean {
  if (paused === undefined || time.awakeMs - paused.since < GRACE_MS || !isCalmTime(time)) return false;
  return paused.untilMs === undefined || paused.untilMs > time.wallMs;
}

function byUnit({ policy, unit }: Attempt, { units }: Scene): readonly string[] {
  const name = POLICY_NAMES.find((one) => one === policy);
  const allowed = name === undefined ? [] : LADDERS[name].allow.map((one) => units.of(one)?.id);
  return [
    ...(allowed.includes(unit) ? [] : [`${unit} is not allowed`]),
    ...(PROTECTED.some((one) => one === unit) ? [`${unit} is protected`] : []),
  ];
}

function byPolicy({ policy }: Attempt, { settings }: Scene): readonly string[] {
  const everywhere = (of: (one: Settings) => readonly PolicyName[]) =>
    settings.every((one) => of(one).some((name) => name === policy));
  return [
    ...(everywhere(({ dryRun }) => dryRun) ? ['its policy only rehearses'] : []),
    ...(everywhere(({ gone }) => gone) ? ['its policy is gone'] : []),
  ];
}

/** While a step takes a unit down itself, or makes it look so, nobody can tell that somebody else has done it, too. */
function hidesStop(unit: string, stoppedAt: SimUnit['stoppedByHandAt'], { book }: Scene): boolean {
  if (stoppedAt === undefined) return false;
  return book.attempts.some(
    (one) =>
      one.unit === unit &&
      (one.step.action === 'stop' || one.step.action === 'reset_failed') &&
      one.startedAt.trueMs <= stoppedAt.trueMs &&
      (one.finishedAt === undefined || stoppedAt.trueMs <= one.finishedAt.trueMs),
  );
}

function byPeople({ step, unit }: Attempt, now: When, scene: Scene): readonly string[] {
  const { time, units, around, settings } = scene;
  const { packagesAt } = around;
  const stoppedAt = units.of(unit)?.stoppedByHandAt;
  const upSeconds = time.moment().upSeconds;
  // What happened while the machine started is its own doing.
  const isOfBoot = (stoppedAt?.trueMs ?? 0) < now.trueMs - (upSeconds - BLAME.bootSeconds) * 1000;
  const isSeen = !isOfBoot && !hidesStop(unit, stoppedAt, scene);
  const isStopped = isSeen && isWithin(stoppedAt, BLAME.otherHandsSeconds, now, time);
  const hands = [
    ...(isStopped ? ['somebody has just stopped it'] : []),
    ...(isWithin(packagesAt, BLAME.packagesSeconds, now, time) ? ['packages were just changed'] : []),
    ...(upSeconds < BLAME.bootSeconds ? [`the machine was started ${upSeconds} s ago`] : []),
  ];
  // The others harm nobody who is at work.
  const moves = !['throttle', 'power_mode', 'notify', 'reset_failed'].includes(step.action);
  return [
    ...(isPaused(scene) ? ['fettle is paused'] : []),
    ...(isInWindow(time) && settings.every((one) => blocks(one, step)) ? ['in a maintenance window'] : []),
    ...(moves ? hands : []),
  ];
}

function isWithin(
  at: Pick<When, 'trueMs' | 'boot' | 'awakeMs'> | undefined,
  seconds: number,
  now: When,
  { disturbedAt }: WorldTime,
): boolean {
  // These moments are told by the wall clock, which says nothing once it was set.
  if (at === undefined || at.boot !== now.boot || disturbedAt >= at.awakeMs) return false;
  return now.awakeMs - at.awakeMs >= GRACE_MS && now.trueMs - at.trueMs < seconds * 1000;
}

function isInWindow(time: WorldTime): boolean {
  const into = time.wallMs % (WINDOW.everySeconds * 1000);
  return isCalmTime(time) && into >= GRACE_MS && into < WINDOW.lastsSeconds * 1000;
}

function blocks({ windowBlocks }: Settings, step: Step): boolean {
  if (windowBlocks === undefined) return false;
  return windowBlocks.length === 0 || windowBlocks.includes(step.action);
}

function byMatters({ step }: Attempt, { time, around }: Scene): readonly string[] {
  const lasts = (matter: Matter) =>
    time.awakeMs - (around.since(matter) ?? Number.POSITIVE_INFINITY) >= GRACE_MS;
  const isStart = ['restart', 'start', 'run', 'power_mode'].includes(step.action);
  const always = (['unknown', 'silenced', 'gone', 'alertmanager-away'] as const).filter(lasts);
  const isCold = time.awakeMs - around.lastAt('heat') >= GRACE_MS;
  return [
    ...always,
    ...(isStart && lasts('xid') ? ['xid'] : []),
    ...(isStart && step.action !== 'power_mode' && lasts('heat') ? ['heat'] : []),
    ...(step.onlyIf.length > 0 && isCold ? ['its condition does not hold'] : []),
  ].map((what) => `forbidden by: ${what}`);
}

function byNeed(
  { id, index, step, unit, policy }: Attempt,
  now: When,
  { time, units, book, settings }: Scene,
): readonly string[] {
  const one = book.cases.get(id);
  if (one === undefined) return [`${id} was never taken in`];
  const overAt = book.over.get(one.occurrence);
  const isOver = overAt !== undefined && now.awakeMs - overAt >= GRACE_MS;
  const waited = now.told - one.receivedAt.told;
  const isStale = index === 0 && isCalmTime(time) && waited > MAX_ALERT_AGE_SECONDS + GRACE_MS / 1000;
  const isOfTomorrow = isCalmTime(time) && one.startsAtMs > time.wallMs + 300_000 + GRACE_MS;
  const isProbed = policy === 'crashed' && settings.some(({ probe }) => probe);
  const state = units.of(unit);
  return [
    ...(isOver ? ['its alert is over'] : []),
    ...(isStale ? [`its alert has waited ${waited} s`] : []),
    ...(isOfTomorrow ? ['its alert is to begin later'] : []),
    ...(state === undefined ? ['there is no such unit'] : pointless(state, step, isProbed, now)),
  ];
}

function pointless(unit: SimUnit, step: Step, isProbed: boolean, now: When): readonly string[] {
  if (now.awakeMs - unit.since < GRACE_MS) return [];
  const isForDown =
    (step.action === 'restart' && !step.evenIfActive) || step.action === 'start' || step.action === 'run';
  const isForUp = step.action === 'throttle' || step.action === 'stop' || step.action === 'reload';
  const isDown = unit.activeState === 'failed' || unit.activeState === 'inactive';
  return [
    ...(isForDown && isUp(unit) && !isProbed ? ['the unit is active'] : []),
    ...(isForUp && isDown ? [`the unit is ${unit.activeState}`] : []),
    ...(step.action === 'reset_failed' && unit.activeState !== 'failed' ? ['there is no failure'] : []),
  ];
}

function byStorm(
  { id, unit }: Attempt,
  now: When,
  { time, units, book, settings }: Scene,
): readonly string[] {
  if (!isCalmTime(time)) return [];
  const grace = GRACE_MS / 1000;
  const inTrouble = new Set([unit]);
  const heard = new Set<string>();
  for (const one of book.cases.values()) {
    // Since it was first heard of: Alertmanager repeats itself.
    if (heard.has(one.occurrence)) continue;
    heard.add(one.occurrence);
    const age = now.told - one.receivedAt.told;
    const isKnown = now.awakeMs - one.receivedAt.awakeMs >= GRACE_MS && age < 60 - grace;
    const real = units.of(one.unit)?.id;
    if (real !== undefined && one.id !== id && isKnown && !book.over.has(one.occurrence)) inTrouble.add(real);
  }
  const isStorm = settings.every(({ stormUnits }) => inTrouble.size >= stormUnits);
  return isStorm ? [`${inTrouble.size} units are in trouble`] : [];
}

/** While it is open nothing, and then one try. */
function byCircuit({ id, policy, unit }: Attempt, now: When, { book }: Scene): readonly string[] {
  const circuit = book.circuits.get(circuitKey(policy, unit));
  if (circuit === undefined || now.awakeMs - circuit.openedAt.awakeMs < GRACE_MS) return [];
  if (now.told < circuit.tryAt) return [`its circuit is open for ${circuit.tryAt - now.told} s more`];
  circuit.tries.add(id);
  return circuit.tries.size > 1 ? ['its circuit was tried before, and that did not help'] : [];
}
