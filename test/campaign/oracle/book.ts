import type {
  EndedEvent,
  FinishedEvent,
  LedgerLine,
  ReceivedEvent,
  StartedEvent,
} from '../../../src/domain/ledger.ts';
import { otherUnits, type Step } from '../../../src/domain/step.ts';
import type { LimitValues } from '../../../src/domain/throttle.ts';
import { stepOf } from '../policies.ts';
import type { WorldTime } from '../time.ts';

/** A moment in every way in which time is told. */
export interface When {
  readonly trueMs: number;
  readonly awakeMs: number;
  readonly boot: number;
  /** Seconds as the lines on the disk tell them. */
  readonly told: number;
}

/** A step that the disk says has begun. */
export interface Attempt {
  readonly id: string;
  readonly policy: string;
  readonly unit: string;
  readonly index: number;
  readonly step: Step;
  /** Number of the process that wrote it. */
  readonly owner: number;
  readonly saved: LimitValues | undefined;
  readonly limits: LimitValues | undefined;
  readonly startedAt: When;
  /** What it may ask of the manager, each once. */
  readonly mayAsk: { readonly action: string; readonly unit: string }[];
  /** Other units whose restart it has asked for. */
  readonly along: Set<string>;
  firstAskAt: When | undefined;
  finishedAt: When | undefined;
  /** Fettle ended in the middle of it. */
  isInterrupted: boolean;
}

/** An alert under a policy, as the disk tells it. */
export interface Case {
  readonly id: string;
  readonly policy: string;
  readonly unit: string;
  readonly fingerprint: string;
  readonly occurrence: string;
  readonly startsAtMs: number;
  readonly receivedAt: When;
  readonly attempts: Attempt[];
  terminal: string | undefined;
}

/** A policy that has given a unit up. */
export interface OpenCircuit {
  readonly openedAt: When;
  readonly tryAt: number;
  /** Ids of cases that have asked for something since it could be tried. */
  readonly tries: Set<string>;
}

/** What stands on the disk, read without any of fettle's own code. */
export interface Book {
  readonly cases: ReadonlyMap<string, Case>;
  readonly attempts: readonly Attempt[];
  readonly circuits: ReadonlyMap<string, OpenCircuit>;
  /** Occurrences that are over, and when the disk said so, on `awakeMs`. */
  readonly over: ReadonlyMap<string, number>;
  now(): When;
  /** Takes a line in; gives what is wrong with it. */
  take(line: LedgerLine, owner: number): readonly string[];
}

/** The name of a circuit. */
export function circuitKey(policy: string, unit: string): string {
  return `${policy} ${unit}`;
}

/**
 * Gives an empty book. `idOf` gives a unit's own name.
 *
 * It measures time across starts of the machine as the ledger's format says: nothing but the wall clock is left then.
 */
export function createBook(time: WorldTime, idOf: (name: string) => string): Book {
  const cases = new Map<string, Case>();
  const attempts: Attempt[] = [];
  const circuits = new Map<string, OpenCircuit>();
  const over = new Map<string, number>();
  let last:
    | { readonly boot: string; readonly up: number; readonly wallMs: number; readonly told: number }
    | undefined;

  function toldAt(boot: string, up: number, wallMs: number): number {
    if (last === undefined) return 0;
    return last.told + Math.max(0, last.boot === boot ? up - last.up : (wallMs - last.wallMs) / 1000);
  }

  function now(): When {
    const { boot, upSeconds, wall } = time.moment();
    const { trueMs, awakeMs } = time;
    return { trueMs, awakeMs, boot: time.boot, told: toldAt(boot, upSeconds, wall.getTime()) };
  }

  function advance({ at, boot, up }: LedgerLine): When {
    const wallMs = Date.parse(at);
    last = { boot, up, wallMs, told: toldAt(boot, up, wallMs) };
    return { ...now(), told: last.told };
  }

  function started(line: StartedEvent, owner: number, when: When): readonly string[] {
    const { id, policy, unit, step: index, action, saved, limits } = line;
    const one = cases.get(id);
    const step = stepOf(policy, index);
    if (one === undefined || step === undefined || step.action !== action)
      return [`${id}: no such step ${index}`];
    const isSecond = one.attempts.some((other) => other.index === index);
    const problems = [
      ...(isSecond ? [`${id}: step ${index} was started twice`] : []),
      ...(one.attempts.some(({ isInterrupted }) => isInterrupted)
        ? [`${id}: step ${index} began after one that was interrupted`]
        : []),
      ...(one.terminal === undefined ? [] : [`${id}: a step began after ${one.terminal}`]),
    ];
    const attempt: Attempt = {
      id,
      policy,
      unit,
      index,
      step,
      owner,
      saved,
      limits,
      startedAt: when,
      mayAsk: asksOf(step, unit),
      along: new Set(),
      firstAskAt: undefined,
      finishedAt: undefined,
      isInterrupted: false,
    };
    one.attempts.push(attempt);
    attempts.push(attempt);
    return problems;
  }

  function terminal(id: string, event: string): readonly string[] {
    const one = cases.get(id);
    if (one === undefined) return [`${id}: ${event} of an alert that was never taken in`];
    const before = one.terminal;
    one.terminal = event;
    const open = one.attempts.filter(({ finishedAt }) => finishedAt === undefined);
    return [
      ...(before === undefined ? [] : [`${id}: ${event} after ${before}: two last lines`]),
      ...open.map(({ index }) => `${id}: ${event} while step ${index} is under way`),
    ];
  }

  function received(line: ReceivedEvent, when: When): readonly string[] {
    const { id, policy, unit, startsAt } = line;
    const occurrence = occurrenceOf(line);
    const isKnown = cases.has(id);
    over.delete(occurrence);
    const { fingerprint } = line;
    const begin = {
      id,
      policy,
      unit,
      fingerprint,
      occurrence,
      startsAtMs: Date.parse(startsAt),
      receivedAt: when,
    };
    cases.set(id, { ...begin, attempts: [], terminal: undefined });
    return isKnown ? [`${id}: taken in twice`] : [];
  }

  function finished({ id, step, result }: FinishedEvent, when: When): readonly string[] {
    const open = cases.get(id)?.attempts.find(({ index }) => index === step);
    if (open === undefined) return [`${id}: the end of a step that never began`];
    const isSecond = open.finishedAt !== undefined;
    open.finishedAt = when;
    open.isInterrupted = result === 'interrupted';
    return isSecond ? [`${id}: step ${step} ended twice`] : [];
  }

  function ended({ policy, unit, ending, hold }: EndedEvent, when: When): void {
    const key = circuitKey(policy, idOf(unit));
    const open = circuits.get(key);
    const openFor = (seconds: number) =>
      circuits.set(key, { openedAt: when, tryAt: when.told + seconds, tries: new Set() });
    if (ending === 'exhausted' && hold !== undefined) openFor(hold);
    // Nobody knows how a try ended in the middle of which fettle did: it counts as one that did not help.
    const isTry = open !== undefined && open.tryAt <= when.told;
    if (ending === 'interrupted' && isTry) openFor(open.tryAt - open.openedAt.told);
    if (ending === 'repaired' || ending === 'eased') circuits.delete(key);
  }

  function event(line: LedgerLine, owner: number, when: When): readonly string[] {
    switch (line.event) {
      case 'received':
        return received(line, when);
      case 'resolved':
        // And so is what began before under the same alert.
        over.set(occurrenceOf(line), when.awakeMs);
        for (const one of cases.values()) {
          const isEarlier =
            one.fingerprint === line.fingerprint && one.startsAtMs <= Date.parse(line.startsAt);
          if (isEarlier && !over.has(one.occurrence)) over.set(one.occurrence, when.awakeMs);
        }
        return [];
      case 'started':
        return started(line, owner, when);
      case 'finished':
        return finished(line, when);
      case 'refused':
      case 'rehearsed':
        return terminal(line.id, line.event);
      case 'ended':
        ended(line, when);
        return terminal(line.id, `ended ${line.ending}`);
      case 'undone':
        return [];
      default:
        return line satisfies never;
    }
  }

  return {
    cases,
    attempts,
    circuits,
    over,
    now,
    take(line, owner) {
      const before = last?.told ?? 0;
      const when = advance(line);
      const problems = event(line, owner, when);
      return when.told < before
        ? [`the ledger's clock went back from ${before} to ${when.told}`, ...problems]
        : problems;
    },
  };
}

function occurrenceOf({ fingerprint, startsAt }: Pick<ReceivedEvent, 'fingerprint' | 'startsAt'>): string {
  return `${fingerprint}@${startsAt}`;
}

function asksOf(step: Step, unit: string): { readonly action: string; readonly unit: string }[] {
  switch (step.action) {
    case 'restart':
      return [unit, ...otherUnits(step)].map((name) => ({ action: 'restart', unit: name }));
    case 'run':
      return [
        { action: 'start', unit: step.unit },
        ...(step.followUp === undefined ? [] : [{ action: step.followUp, unit }]),
      ];
    case 'power_mode':
      return [{ action: 'start', unit: step.unit }];
    case 'throttle':
      return [{ action: 'limit', unit }];
    case 'notify':
      return [];
    case 'start':
    case 'stop':
    case 'reload':
    case 'reset_failed':
      return [{ action: step.action, unit }];
    default:
      return step satisfies never;
  }
}
