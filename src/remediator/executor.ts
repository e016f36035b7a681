import type { Alert } from '../domain/alert.ts';
import type { Circumstances } from '../domain/circumstances.ts';
import type { Clock } from '../domain/clock.ts';
import { messageOf } from '../domain/errors.ts';
import { createGate } from '../domain/gate.ts';
import type { LedgerEvent, ReceivedEvent } from '../domain/ledger.ts';
import type { Log } from '../domain/log.ts';
import type { Moment } from '../domain/moment.ts';
import type { Policy, PolicySet } from '../domain/policy.ts';
import type { Denial, RepairRequest, ServiceManager } from '../domain/repair.ts';
import type { Step } from '../domain/step.ts';
import type { Unit, UnitRef } from '../domain/unit.ts';
import { decide } from '../policy/decide.ts';
import { matchesPolicy } from '../policy/match.ts';
import type { Rail, RailContext } from '../policy/rail.ts';
import type { Keep } from './keep.ts';
import type { Ledger } from './ledger.ts';
import { limitValuesOf } from './limit-values.ts';
import { type LiveLook, unseen } from './live-look.ts';
import type { Before, Repair } from './repair.ts';

/** An alert that was taken in under a policy. */
export interface Case {
  readonly received: ReceivedEvent;
  /** On the ledger's clock, in seconds. */
  readonly receivedAt: number;
}

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
  readonly keep: Keep;
  readonly repair: Repair;
  /** A manager with its hands tied: what a dry run is given. */
  readonly rehearsal: ServiceManager;
  /** Never rejects but with the signal's reason: what is not known says why. */
  readonly circumstances: (question: Question, signal: AbortSignal) => Promise<Circumstances>;
  readonly clock: Clock;
  readonly moment: () => Moment;
  readonly log: Log;
}

/** Of a thousand alerts that come at once, the others wait. */
const LOOKS_AT_ONCE = 8;

/** For the conditions of a step; a first step is also stale in time. */
const LONGEST_WAIT_SECONDS = 3600;

const WRITE_AGAIN_MS = 10_000;

/**
 * Gives the walk of one step: look, decide, take evidence, act, prove.
 *
 * Whatever cannot be known is a refusal. Nothing is done before the ledger says that it will be. Decisions are taken
 * one after the other, so that two of them cannot both have the last place in a budget.
 */
export function createExecutor(options: ExecutorOptions): TakeStep {
  const { ledger, policies, rails, look, keep, repair, rehearsal, circumstances, clock, moment, log } =
    options;
  const someLooks = createGate(LOOKS_AT_ONCE);
  const oneDecision = createGate(1);

  async function takeStep(
    one: Case,
    index: number,
    signal: AbortSignal,
  ): Promise<'taken' | 'over' | 'later'> {
    const { received } = one;
    const refuse = (denials: readonly Denial[]) => refused(received, index, denials);
    const { policies: known, ...settings } = policies();
    const policy = known.find(({ name }) => name === received.policy);
    const alert = alertOf(received);
    // The policy may have changed since the alert came.
    if (policy === undefined || !matchesPolicy(policy, alert)) {
      return refuse([changed(`no policy ${received.policy} that fits this alert is configured any more`)]);
    }
    const step = policy.steps[index];
    if (step === undefined)
      return refuse([changed(`policy ${policy.name} has no step ${index + 1} any more`)]);
    const { id } = received;
    const ref = refOf(received.unit);
    const request = { id, alert, policy, unit: ref, step, stepIndex: index, receivedAt: one.receivedAt };
    const found = await someLooks(async () => {
      const asked = circumstances({ alert, policy, step, unit: ref }, signal);
      const [seen, around] = await Promise.all([look(request, signal), asked]);
      return { seen, around };
    }, signal);
    const { seen, around } = found;
    if ('denial' in seen) return refuse([seen.denial]);
    const begun = await oneDecision(async () => {
      const context: RailContext = {
        now: clock.now(),
        steady: ledger.history.steadyAt(moment()),
        unit: seen.unit,
        others: seen.others,
        past: ledger.history,
        settings,
        circumstances: around,
      };
      const decision = decide(request, context, rails);
      if (decision.kind === 'refuse') {
        return isForLater(decision.denials, request, context) ? 'later' : await refuse(decision.denials);
      }
      if (seen.unit === undefined) return await refuse([unseen('there is no such unit', clock.now())]);
      if (decision.kind === 'rehearse') return await rehearse(request, seen.unit, signal);
      return await begin(request, received, seen.unit, signal);
    });
    if (typeof begun === 'string') return begun;
    return await finish(request, begun, signal);
  }

  /** Nothing but what may pass by itself: others under way, or a condition that does not hold yet. */
  function isForLater(denials: readonly Denial[], request: RepairRequest, context: RailContext): boolean {
    const isFull = context.past.running.length >= context.settings.budget.concurrent;
    const begun = ledger.history.stepsOf(request.id).at(-1)?.endedAt ?? request.receivedAt;
    const mayWait = context.steady - begun < LONGEST_WAIT_SECONDS;
    return denials.every(
      ({ rail }) => (rail === 'host-budget' && isFull) || (rail === 'local-conditions' && mayWait),
    );
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
    const detail = await rehearsalOf(step, unit, signal);
    const about = { id, policy: policy.name, unit: unit.id, action: step.action };
    log.info({ ...about, detail }, 'repair rehearsed');
    await ledger.append([{ event: 'rehearsed', ...about, detail }]);
    return 'over';
  }

  async function rehearsalOf(step: Step, unit: Unit, signal: AbortSignal): Promise<string> {
    const ref = refOf(unit.id);
    switch (step.action) {
      case 'run':
      case 'power_mode':
        return (await rehearsal.run('start', { ...ref, name: step.unit }, signal)).detail;
      case 'throttle':
        return (await rehearsal.setLimits(ref, limitValuesOf(step.limits), signal)).detail;
      case 'notify':
        return `dry run: would tell ${JSON.stringify(step.message)}`;
      default:
        return (await rehearsal.run(step.action, ref, signal)).detail;
    }
  }

  /** Everything that must be on the disk before anything is done. */
  async function begin(
    request: RepairRequest,
    received: ReceivedEvent,
    unit: Unit,
    signal: AbortSignal,
  ): Promise<'over' | Before> {
    const { id, policy, step, stepIndex } = request;
    const kept = await keep(request, unit, signal);
    if ('denial' in kept) return await refused({ ...received, unit: unit.id }, stepIndex, [kept.denial]);
    const { limits, gpuProcesses, hash, change } = kept;
    const about = { id, policy: policy.name, unit: unit.id, action: step.action };
    const { activeState, invocationId } = unit;
    const started = { ...about, step: stepIndex, activeState, invocationId, evidence: hash };
    await ledger.append([{ event: 'started', ...started, ...change }]);
    log.info(about, 'step started');
    return { unit, limits, gpuProcesses };
  }

  async function finish(request: RepairRequest, before: Before, signal: AbortSignal): Promise<'taken'> {
    const { id, policy, step, stepIndex } = request;
    const unit = before.unit.id;
    const report = await repair({ ...request, unit: refOf(unit) }, before, signal);
    const about = { id, policy: policy.name, unit, step: stepIndex, action: step.action };
    log.info({ ...about, ...report }, 'step finished');
    await writeInTheEnd({ event: 'finished', ...about, ...report }, signal);
    return 'taken';
  }

  /** What has been done must be told: waits for a ledger that takes no lines at the moment. */
  async function writeInTheEnd(
    event: LedgerEvent & { readonly id: string },
    signal: AbortSignal,
  ): Promise<void> {
    for (;;) {
      try {
        return await ledger.append([event]);
      } catch (thrown) {
        log.error({ id: event.id, err: messageOf(thrown) }, 'the end of a step cannot be written down yet');
        await clock.sleep(WRITE_AGAIN_MS, signal);
      }
    }
  }

  return takeStep;
}

function changed(reason: string): Denial {
  return { rail: 'policy-changed', reason };
}

function alertOf({ labels, startsAt, fingerprint }: ReceivedEvent): Alert {
  return {
    status: 'firing',
    labels: new Map(Object.entries(labels)),
    startsAt: new Date(startsAt),
    fingerprint,
  };
}

function refOf(name: string): UnitRef {
  return { manager: 'systemd', scope: 'system', name };
}
