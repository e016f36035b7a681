import type { RateLimit } from '../../../src/domain/policy.ts';
import { SLOW_WRITE_MS } from '../disk.ts';
import type { Settings } from '../policies.ts';
import type { Attempt, Book, When } from './book.ts';

/**
 * Windows go from line to line on the disk: what is asked of the manager comes up to one write later, so that two
 * questions may be closer than two lines by as much.
 */
const WRITE_MS = SLOW_WRITE_MS + 100;

/** What of an attempt that asks for something for the first time now breaks a limit in every one of some settings. */
export function brokenLimits(
  attempt: Attempt,
  now: When,
  { attempts }: Book,
  isClockSure: boolean,
  settings: readonly Settings[],
): readonly string[] {
  const asked = attempts.filter(({ firstAskAt }) => firstAskAt !== undefined);
  const ofUnit = asked.filter(({ unit, along }) => unit === attempt.unit || along.has(attempt.unit));
  const ofHost = settings.map(({ hostLimits }) => brokenOf(hostLimits, asked, attempt, now, isClockSure));
  return [
    ...brokenUnitLimits(attempt, attempt.unit, now, { attempts }, isClockSure, settings),
    ...brokenInAll('limit of the host', ofHost),
    ...tooMany(attempt, asked, settings),
    ...tooSoon(attempt, ofUnit, now, settings),
  ];
}

/** What of an attempt breaks a limit of one of its units in every one of some settings. */
export function brokenUnitLimits(
  attempt: Attempt,
  name: string,
  now: When,
  { attempts }: Pick<Book, 'attempts'>,
  isClockSure: boolean,
  settings: readonly Settings[],
): readonly string[] {
  const asked = attempts.filter(({ firstAskAt }) => firstAskAt !== undefined);
  const ofUnit = asked.filter(({ unit, along }) => unit === name || along.has(name));
  const all = settings.map(({ unitLimits }) => brokenOf(unitLimits, ofUnit, attempt, now, isClockSure));
  return brokenInAll(`limit of ${name}`, all);
}

function brokenInAll(whose: string, all: readonly (readonly string[])[]): readonly string[] {
  const first = all[0]?.[0];
  return first !== undefined && all.every((one) => one.length > 0) ? [`${whose}: ${first}`] : [];
}

function brokenOf(
  limits: readonly RateLimit[],
  asked: readonly Attempt[],
  attempt: Attempt,
  now: When,
  isClockSure: boolean,
): readonly string[] {
  return limits.flatMap(({ count, windowSeconds }) => {
    const since = now.trueMs - windowSeconds * 1000 + WRITE_MS;
    // In one start of the machine nothing but true time counts.
    const inBoot = asked.filter(
      ({ firstAskAt }) => firstAskAt?.boot === now.boot && firstAskAt.trueMs > since,
    );
    // Across starts the lines' wall clocks are all that there is.
    const told = asked.filter(
      ({ startedAt }) => startedAt.told > attempt.startedAt.told - windowSeconds + 0.001,
    );
    const most = Math.max(inBoot.length, isClockSure ? told.length : 0);
    return most > count ? [`${most} within ${windowSeconds} s, where ${count} are allowed`] : [];
  });
}

function tooMany(
  attempt: Attempt,
  asked: readonly Attempt[],
  settings: readonly Settings[],
): readonly string[] {
  const underWay = asked.filter(
    ({ owner, finishedAt }) => owner === attempt.owner && finishedAt === undefined,
  ).length;
  const allowed = Math.max(...settings.map(({ concurrent }) => concurrent));
  return underWay > allowed ? [`${underWay} at once, where ${allowed} are allowed`] : [];
}

/** The first step of a ladder waits for the base of the cooldown at least. */
function tooSoon(
  attempt: Attempt,
  ofUnit: readonly Attempt[],
  now: When,
  settings: readonly Settings[],
): readonly string[] {
  if (attempt.index > 0) return [];
  const base = Math.min(...settings.map(({ cooldownSeconds }) => cooldownSeconds));
  const others = ofUnit.filter((one) => one !== attempt);
  return others.flatMap(({ id, index, finishedAt }) => {
    if (finishedAt === undefined) return [`step ${index} of ${id} at the same unit is under way`];
    // Its end may be on the disk much later than it was: the machine may sleep in the middle of the write.
    const seconds = Math.max((now.trueMs - finishedAt.trueMs + WRITE_MS) / 1000, now.told - finishedAt.told);
    if (finishedAt.boot !== now.boot || seconds >= base) return [];
    return [`cooldown of ${base} s: the last attempt ended ${seconds} s ago`];
  });
}
