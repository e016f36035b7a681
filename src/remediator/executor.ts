import type { Alert } from '../domain/alert.ts';
import type { Circumstances } from '../domain/circumstances.ts';
import type { Clock } from '../domain/clock.ts';
import { createGate } from '../domain/gate.ts';
import type { ReceivedEvent } from '../domain/ledger.ts';
import type { Log } from '../domain/log.ts';
import type { Moment } from '../domain/moment.ts';
import type { Policy, PolicySet } from '../domain/policy.ts';
import type { Denial, RepairRequest, ServiceManager } from '../domain/repair.ts';
import type { Step } from '../domain/step.ts';
import { systemUnit, type Unit, type UnitRef } from '../domain/unit.ts';
import { decide } from '../policy/decide.ts';
import type { Rail, RailContext } from '../policy/rail.ts';
import { restartedTogether } from '../policy/restarted-together.ts';
import type { Case } from './case.ts';
import type { Ledger } from './ledger.ts';
import { type LiveLook, type LiveUnits, unseen } from './live-look.ts';
import { rehearsalOf } from './rehearsal.ts';
import { requestOf } from './request.ts';
import { type Decided, MAX_DECISION_AGE_SECONDS, type StartedStep, type StepRun } from './step-run.ts';

/**
 * Decides about one step of a case's ladder, and takes it if nothing speaks against it.
 *
 * `taken`: its end is written down. `over`: it was refused or rehearsed, which ends the case. `later`: nothing speaks
 * against it but what may pass by itself; nothing is written down.
 */
export type TakeStep = (one: Case, index: number, signal: AbortSignal) => Promise<'taken' | 'over' | 'later'>;

/** What the circumstances are asked about. */
export interface Question {
  readonly alert: Alert;
  readonly policy: Policy;
  readonly step: Step;
  readonly unit: UnitRef;
}

/** What the executor needs. */
export interface ExecutorOptions {
  readonly ledger: Ledger;
  readonly policies: () => PolicySet;
  readonly rails: readonly Rail[];
  readonly look: LiveLook;
  readonly stepRun: StepRun;
  /** A manager with its hands tied: what a dry run is given. */
  readonly rehearsal: ServiceManager;
  /** Never rejects but with the signal's reason: what is not known says why. */
  readonly circumstances: (question: Question, signal: AbortSignal) => Promise<Circumstances>;
  /** Decisions, and what else must not happen at the same time, go through this door. */
  readonly oneAtATime: ReturnType<typeof createGate>;
  readonly clock: Clock;
  readonly moment: () => Moment;
  readonly log: Log;
}

/** Of a thousand alerts that come at once, the others wait. */
const LOOKS_AT_ONCE = 8;

/** For the conditions of a step; a first step is also stale in time. */
const LONGEST_WAIT_SECONDS = 3600;

/** What was found longer ago than this is looked at again: others may have been decided about meanwhile. */
const FRESH_SECONDS = 2;

/** So often at most: where everything is slow, knowledge is never fresh. */
const MOST_TRIES = 3;

/**
 * Gives the walk of one step: look, decide, and what was decided.
 *
 * Whatever cannot be known is a refusal. Decisions are taken one after the other, up to `started` on the disk, so that
 * two of them cannot both have the last place in a budget.
 */
export function createExecutor(options: ExecutorOptions): TakeStep {
  const { ledger, policies, rails, look, stepRun, rehearsal, circumstances } = options;
  const { oneAtATime, clock, moment, log } = options;
  const someLooks = createGate(LOOKS_AT_ONCE);

  async function takeStep(
    one: Case,
    index: number,
    signal: AbortSignal,
  ): Promise<'taken' | 'over' | 'later'> {
    for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
      const taken = await tryStep(one, index, tries < MOST_TRIES, signal);
      if (taken !== 'stale') return taken;
    }
    return 'later';
  }

  /** `stale`: while it was being found out, things have changed; `mayBeStale`: whether old knowledge is a reason to ask again. */
  async function tryStep(
    one: Case,
    index: number,
    mayBeStale: boolean,
    signal: AbortSignal,
  ): Promise<'taken' | 'over' | 'later' | 'stale'> {
    const { received } = one;
    const refuse = (denials: readonly Denial[]) => refused(received, index, denials);
    const set = policies();
    const request = requestOf(one, index, set);
    if ('denial' in request) return refuse([request.denial]);
    const found = await someLooks(() => findOut(request, signal), signal);
    signal.throwIfAborted();
    const begun = await oneAtATime(async () => {
      signal.throwIfAborted();
      const age = ledger.history.steadyAt(moment()) - found.seenAt;
      const isOld = age > (mayBeStale ? FRESH_SECONDS : MAX_DECISION_AGE_SECONDS);
      // What could not be looked at is refused however long that took.
      if (policies() !== set || (isOld && found.denials.length === 0)) return 'stale';
      return await decided(request, received, found, set, signal);
    }, signal);
    if (typeof begun === 'string') return begun;
    // Written down outside of the door, so that many of them share a write.
    if ('denials' in begun) return await refused({ ...received, unit: begun.unit }, index, begun.denials);
    await stepRun.finish(begun, signal);
    return 'taken';
  }

  async function decided(
    request: RepairRequest,
    received: ReceivedEvent,
    found: Found,
    set: PolicySet,
    signal: AbortSignal,
  ): Promise<Refusal | 'over' | 'later' | 'stale' | StartedStep> {
    const context = contextOf(found, set);
    const decision = decide(request, context, rails);
    const denials = [...found.denials, ...(decision.kind === 'refuse' ? decision.denials : [])];
    const { unit } = found;
    if (denials.length > 0 && isForLater(denials, request, context)) return 'later';
    if (denials.length > 0) return { denials: withoutUnseen(found, denials), unit: received.unit };
    if (unit === undefined) {
      return { denials: [unseen('there is no such unit', clock.now())], unit: received.unit };
    }
    if (decision.kind === 'rehearse') return await rehearse(request, unit, signal);
    return await begin(request, context, { request, set, unit, seenAt: found.seenAt }, signal);
  }

  async function begin(
    request: RepairRequest,
    context: RailContext,
    found: Omit<Decided, 'also'>,
    signal: AbortSignal,
  ): Promise<Refusal | 'later' | 'stale' | StartedStep> {
    const begun = await stepRun.begin({ ...found, also: restartedTogether(request, context) }, signal);
    if (begun === 'stale' || !('denial' in begun)) return begun;
    return isForLater([begun.denial], request, context)
      ? 'later'
      : { denials: [begun.denial], unit: found.unit.id };
  }

  function contextOf({ unit, others, circumstances: around }: Found, set: PolicySet): RailContext {
    const { policies: _, ...settings } = set;
    const steady = ledger.history.steadyAt(moment());
    const past = ledger.history;
    return { now: clock.now(), steady, unit, others, past, settings, circumstances: around };
  }

  /** The circumstances first, which take longer; the units last, so that what is known of them is fresh. */
  async function findOut(request: RepairRequest, signal: AbortSignal): Promise<Found> {
    const { alert, policy, step, unit: ref } = request;
    const around = await circumstances({ alert, policy, step, unit: ref }, signal);
    const seenAt = ledger.history.steadyAt(moment());
    const seen = await look(request, signal);
    const units = 'denial' in seen ? { unit: undefined, others: new Map() } : seen;
    return { ...units, circumstances: around, denials: 'denial' in seen ? [seen.denial] : [], seenAt };
  }

  /**
   * Nothing but what may pass by itself: others under way, a condition that does not hold yet; in the middle of a ladder
   * anything of which it is known when to ask again, since its end there would be a new beginning.
   */
  function isForLater(denials: readonly Denial[], request: RepairRequest, context: RailContext): boolean {
    const isFull = context.past.running.length >= context.settings.budget.concurrent;
    const begun = ledger.history.stepsOf(request.id).at(-1)?.endedAt ?? request.receivedAt;
    const mayWait = context.steady - begun < LONGEST_WAIT_SECONDS;
    return denials.every(({ rail, retryAt }) => {
      if (rail === 'host-budget' && isFull) return true;
      return mayWait && (rail === 'local-conditions' || (request.stepIndex > 0 && retryAt !== undefined));
    });
  }

  async function refused(received: ReceivedEvent, step: number, denials: readonly Denial[]): Promise<'over'> {
    const { id, policy, unit } = received;
    const reasons = denials.map(({ rail, reason }) => `${rail}: ${reason}`);
    log.info({ id, policy, unit, reasons }, 'repair refused');
    const told = denials.map(({ retryAt, ...rest }) =>
      retryAt === undefined ? rest : { ...rest, retryAt: retryAt.toISOString() },
    );
    await ledger.append([{ event: 'refused', id, policy, unit, step, denials: told }]);
    return 'over';
  }

  async function rehearse(request: RepairRequest, unit: Unit, signal: AbortSignal): Promise<'over'> {
    const { id, policy, step } = request;
    const detail = await rehearsalOf(rehearsal, step, systemUnit(unit.id), signal);
    const about = { id, policy: policy.name, unit: unit.id, action: step.action };
    log.info({ ...about, detail }, 'repair rehearsed');
    await ledger.append([{ event: 'rehearsed', ...about, detail }]);
    return 'over';
  }

  return takeStep;
}

/** A step that is not taken, at a unit by the name that is known of it. */
interface Refusal {
  readonly denials: readonly Denial[];
  readonly unit: string;
}

/** What is known right before a decision, and since when. */
interface Found extends LiveUnits {
  readonly circumstances: Circumstances;
  /** Why the units could not be looked at. */
  readonly denials: readonly Denial[];
  /** On the ledger's clock, which also counts the sleep of the machine. */
  readonly seenAt: number;
}

/** Of a unit that could not be looked at, nobody can say that it is not there. */
function withoutUnseen(found: Found, denials: readonly Denial[]): readonly Denial[] {
  return found.denials.length === 0 ? denials : denials.filter(({ rail }) => rail !== 'unit-restartable');
}
