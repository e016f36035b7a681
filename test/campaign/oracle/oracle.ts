import type { LedgerLine } from '../../../src/domain/ledger.ts';
import { LIMIT_PROPERTIES } from '../../../src/domain/throttle.ts';
import type { Around } from '../around.ts';
import type { Asked } from '../manager.ts';
import type { Settings } from '../policies.ts';
import type { Owner, WorldTime } from '../time.ts';
import type { SimUnit, Units } from '../units.ts';
import { type Attempt, type Book, type Case, createBook, type When } from './book.ts';
import { forbidden, GRACE_MS, isCalmTime, isPaused, type Scene } from './forbidden.ts';
import { brokenLimits, brokenUnitLimits } from './limits.ts';

/** Judges what fettle does by what it asks of the manager, in true time, and by what is on the disk. */
export interface Oracle {
  readonly book: Book;
  /** What was wrong so far; the first is what matters. */
  readonly problems: readonly string[];
  onLine(text: string, owner: Owner): void;
  onAsked(asked: Asked): void;
  onSettings(settings: Settings): void;
  /** Somebody but fettle sets a limit of a unit. */
  onSetByHand(unit: SimUnit): void;
  onReboot(): void;
  complain(problem: string): void;
  /** What is not as it should be once things have calmed down. */
  atEnd(): void;
}

/** What the oracle can see. */
export interface OracleOptions {
  readonly time: WorldTime;
  readonly units: Units;
  readonly around: Around;
  readonly settings: Settings;
}

/** From a question to its effect. */
const EFFECT_MS = 400;

/** Gives an oracle that has seen nothing yet. */
export function createOracle({ time, units, around, settings }: OracleOptions): Oracle {
  const problems: string[] = [];
  const book = createBook(time, (name) => units.of(name)?.id ?? name);
  const inForce: { readonly until: number; readonly settings: Settings }[] = [];
  let current = settings;
  /** When fettle last asked for limits of a unit. */
  const limitedAt = new Map<string, number>();
  /** Units whose limits somebody changed while fettle was about to: nobody can tell what they should be. */
  const contended = new Set<string>();
  let bootedAt = 0;

  function complain(problem: string): void {
    problems.push(problem);
  }

  function recentSettings(): readonly Settings[] {
    const old = inForce.filter(({ until }) => time.awakeMs - until < GRACE_MS);
    return [...old.map((one) => one.settings), current];
  }

  function first(attempt: Attempt, now: When): void {
    attempt.firstAskAt = now;
    const scene: Scene = { time, units, around, book, settings: recentSettings() };
    complainOf(attempt, [
      ...forbidden(attempt, now, scene),
      ...brokenLimits(attempt, now, book, isCalmTime(time), scene.settings),
    ]);
  }

  function judge(attempt: Attempt, { action, unit }: Asked, now: When): void {
    if (attempt.firstAskAt === undefined) first(attempt, now);
    if (action === 'restart' && unit !== attempt.unit) along(attempt, unit, now);
  }

  function along(attempt: Attempt, unit: string, now: When): void {
    attempt.along.add(unit);
    complainOf(attempt, brokenUnitLimits(attempt, unit, now, book, isCalmTime(time), recentSettings()));
  }

  function complainOf({ id, index, step, unit, policy }: Attempt, found: readonly string[]): void {
    for (const one of found)
      complain(`step ${index} of ${id} (${policy}: ${step.action} of ${unit}): ${one}`);
  }

  /** The step that allows the question, which it may ask only once. */
  function allowing({ owner, action, unit, values }: Asked): Attempt | undefined {
    return book.attempts.find((attempt) => {
      if (attempt.owner !== owner || attempt.finishedAt !== undefined) return false;
      if (action === 'limit' && JSON.stringify(attempt.limits) !== JSON.stringify(values)) return false;
      const place = attempt.mayAsk.findIndex((one) => one.action === action && one.unit === unit);
      if (place >= 0) attempt.mayAsk.splice(place, 1);
      return place >= 0;
    });
  }

  /** The steps that the question may put back: it gives the unit what it had before them. */
  function undoing({ action, unit, values }: Asked): readonly Attempt[] {
    if (action !== 'limit') {
      return book.attempts.filter(
        ({ step }) => step.action === 'power_mode' && action === 'start' && step.undo === unit,
      );
    }
    const ofUnit = book.attempts.filter((one) => one.unit === unit && one.saved !== undefined);
    const isPutBack = LIMIT_PROPERTIES.every(
      (name) => values[name] === undefined || ofUnit.some(({ saved }) => saved?.[name] === values[name]),
    );
    return isPutBack ? ofUnit : [];
  }

  function judgeUndo(asked: Asked, attempts: readonly Attempt[]): void {
    const what = `undoing (${asked.action} of ${asked.unit})`;
    const isWanted = attempts.some((one) => {
      const occurrence = book.cases.get(one.id)?.occurrence ?? '';
      const isGone = recentSettings().some(({ gone }) => gone.some((name) => name === one.policy));
      return book.over.has(occurrence) || isGone;
    });
    if (!isWanted) complain(`${what}: its alert goes on`);
    if (isPaused({ time, units, around, book, settings: [current] })) complain(`${what}: fettle is paused`);
  }

  function atEndOf({ id, unit, terminal, attempts }: Case): void {
    if (terminal === undefined) complain(`${id} (${unit}) never came to an end`);
    for (const { index, finishedAt } of attempts) {
      if (finishedAt === undefined) complain(`${id}: step ${index} never came to an end`);
    }
  }

  function limitsAtEnd({ id, limits, outside }: SimUnit): void {
    const [has, would] = [JSON.stringify(limits), JSON.stringify(outside)];
    if (!contended.has(id) && has !== would)
      complain(`${id} has ${has}, and would have ${would} without fettle`);
  }

  return {
    book,
    problems,
    complain,
    onLine(text, owner) {
      const line: LedgerLine = JSON.parse(text);
      for (const problem of book.take(line, typeof owner === 'number' ? owner : 0)) complain(problem);
    },
    onAsked(asked) {
      const now = book.now();
      if (asked.action === 'limit') {
        limitedAt.set(asked.unit, time.awakeMs);
        const byHandAt = units.of(asked.unit)?.setByHandAt ?? Number.NEGATIVE_INFINITY;
        if (time.awakeMs - byHandAt < GRACE_MS) contended.add(asked.unit);
      }
      const attempt = allowing(asked);
      if (attempt !== undefined) {
        judge(attempt, asked, now);
        return;
      }
      const undone = undoing(asked);
      if (undone.length > 0) return judgeUndo(asked, undone);
      complain(
        `${asked.action} of ${asked.name}: asked for though no step that is on the disk, and has not asked yet, says so`,
      );
    },
    onSettings(next) {
      inForce.push({ until: time.awakeMs, settings: current });
      current = next;
    },
    onSetByHand({ id }) {
      if (time.awakeMs - (limitedAt.get(id) ?? Number.NEGATIVE_INFINITY) < EFFECT_MS) contended.add(id);
    },
    onReboot() {
      bootedAt = time.awakeMs;
    },
    atEnd() {
      for (const one of book.cases.values()) atEndOf(one);
      for (const unit of units.all) limitsAtEnd(unit);
      const ranAt = (name: string) => units.of(name)?.since ?? Number.NEGATIVE_INFINITY;
      const changedAt = ranAt('eco.service');
      if (changedAt > bootedAt && ranAt('full.service') < changedAt) {
        complain('the power mode is not as it was before');
      }
    },
  };
}
