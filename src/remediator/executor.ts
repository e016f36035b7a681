import type { Alert } from '../domain/alert.ts';
import type { Clock } from '../domain/clock.ts';
import { messageOf } from '../domain/errors.ts';
import { LEDGER_VERSION, type LedgerLine, type ReceivedLine } from '../domain/ledger.ts';
import type { Log } from '../domain/log.ts';
import type { Policy, PolicySet } from '../domain/policy.ts';
import type { Denial, RepairRequest, ServiceManager } from '../domain/repair.ts';
import { isUnitName, type Unit, type UnitRef } from '../domain/unit.ts';
import { decide } from '../policy/decide.ts';
import { matchesPolicy } from '../policy/match.ts';
import type { Rail } from '../policy/rail.ts';
import type { Ledger } from './ledger.ts';
import type { Looker, Repair } from './repair.ts';

/** Walks an intake to its end. */
export type Executor = (received: ReceivedLine, signal: AbortSignal) => Promise<void>;

/** What the executor needs. */
export interface ExecutorOptions {
  readonly ledger: Ledger;
  readonly policies: () => PolicySet;
  readonly rails: readonly Rail[];
  readonly look: Looker;
  readonly repair: Repair;
  /** A manager with its hands tied: what a dry run is given. */
  readonly rehearsal: ServiceManager;
  readonly clock: Clock;
  readonly log: Log;
}

/** How long a look is tried for: dbus-daemon is back within a second when it is killed. */
const LOOK_PATIENCE_MS = 30_000;

const LOOK_AGAIN_MS = 1000;

const WRITE_AGAIN_MS = 10_000;

/**
 * Gives the walk from an accepted alert to its last line in the ledger: look, decide, act, prove.
 *
 * Whatever cannot be known is a refusal. Nothing is done before the ledger says that it will be.
 */
export function createExecutor(options: ExecutorOptions): Executor {
  const { ledger, policies, rails, look, repair, rehearsal, clock, log } = options;

  async function execute(received: ReceivedLine, signal: AbortSignal): Promise<void> {
    const { policies: known, protectedUnits } = policies();
    const policy = known.find(({ name }) => name === received.policy);
    const alert = alertOf(received);
    // The policy may have changed since the alert came.
    if (policy === undefined || !matchesPolicy(policy, alert)) {
      const reason = `no policy ${received.policy} that fits this alert is configured any more`;
      return refuse(received, [{ rail: 'policy-changed', reason }]);
    }
    const request: RepairRequest = {
      id: received.id,
      alert,
      policy,
      unit: refOf(received),
      action: received.action,
    };
    const found = await inspect(request, signal);
    if ('denial' in found) return refuse(received, [found.denial]);
    const context = { now: clock.now(), unit: found.unit, history: ledger.history, protectedUnits };
    const decision = decide(request, context, rails);
    if (decision.kind === 'refuse') return refuse(received, decision.denials);
    if (found.unit === undefined) return refuse(received, [unseen('there is no such unit')]);
    return decision.kind === 'run' ? run(request, found.unit, signal) : rehearse(request, found.unit, signal);
  }

  /**
   * The live unit. Only units that the policy allows are looked at: whatever else a label says never reaches
   * the bus, and is refused by the rails.
   */
  async function inspect(
    { unit: ref, policy }: RepairRequest,
    signal: AbortSignal,
  ): Promise<{ readonly unit: Unit | undefined } | { readonly denial: Denial }> {
    if (!isUnitName(ref.name) || !policy.allow.includes(ref.name)) return { unit: undefined };
    const patience = clock.elapsedMs() + LOOK_PATIENCE_MS;
    for (;;) {
      try {
        return { unit: await look(ref, signal) };
      } catch (thrown) {
        signal.throwIfAborted();
        if (clock.elapsedMs() > patience) return { denial: unseen(messageOf(thrown)) };
        await clock.sleep(LOOK_AGAIN_MS, signal);
      }
    }
  }

  function unseen(why: string): Denial {
    return { rail: 'inspect', reason: `the unit could not be looked at: ${why}`, retryAt: clock.now() };
  }

  async function refuse(received: ReceivedLine, denials: readonly Denial[]): Promise<void> {
    const { unit } = received;
    const reasons = denials.map(({ rail, reason }) => `${rail}: ${reason}`);
    log.info({ id: received.id, policy: received.policy, unit, reasons }, 'repair refused');
    await write(received, {
      event: 'refused',
      unit,
      denials: denials.map(({ retryAt, ...rest }) =>
        retryAt === undefined ? rest : { ...rest, retryAt: retryAt.toISOString() },
      ),
    });
  }

  async function rehearse(request: RepairRequest, unit: Unit, signal: AbortSignal): Promise<void> {
    const { action } = request;
    const { detail } = await rehearsal.run(action, { ...request.unit, name: unit.id }, signal);
    log.info(
      { id: request.id, policy: request.policy.name, unit: unit.id, action, detail },
      'repair rehearsed',
    );
    await write(request, { event: 'rehearsed', unit: unit.id, action, detail });
  }

  async function run(request: RepairRequest, before: Unit, signal: AbortSignal): Promise<void> {
    const { action, id, policy } = request;
    const { activeState, invocationId, id: unit } = before;
    const about = { id, policy: policy.name, unit, action };
    await write(request, { event: 'started', unit, action, activeState, invocationId });
    log.info(about, 'repair started');
    const report = await repair({ ...request, unit: { ...request.unit, name: unit } }, before, signal);
    log.info({ ...about, ...report }, 'repair finished');
    await writeInTheEnd(request, { event: 'finished', unit, action, ...report }, signal);
  }

  /** What has been done must be told: waits for a ledger that takes no lines at the moment. */
  async function writeInTheEnd(
    request: RepairRequest,
    body: Body<LedgerLine>,
    signal: AbortSignal,
  ): Promise<void> {
    for (;;) {
      try {
        return await write(request, body);
      } catch (thrown) {
        log.error(
          { id: request.id, err: messageOf(thrown) },
          'the end of a repair cannot be written down yet',
        );
        await clock.sleep(WRITE_AGAIN_MS, signal);
      }
    }
  }

  type Body<L extends LedgerLine> = L extends { readonly id: string }
    ? Omit<L, 'v' | 'at' | 'id' | 'policy'>
    : never;

  function write(
    { id, policy }: { readonly id: string; readonly policy: Policy | string },
    body: Body<LedgerLine>,
  ): Promise<void> {
    const name = typeof policy === 'string' ? policy : policy.name;
    const at = clock.now().toISOString();
    // For people: what happened comes first in the line.
    const head = { v: LEDGER_VERSION, at, event: body.event, id, policy: name } as const;
    return ledger.append([{ ...head, ...body }]);
  }

  return execute;
}

function alertOf({ labels, startsAt, fingerprint }: ReceivedLine): Alert {
  return {
    status: 'firing',
    labels: new Map(Object.entries(labels)),
    startsAt: new Date(startsAt),
    fingerprint,
  };
}

function refOf({ unit }: ReceivedLine): UnitRef {
  return { manager: 'systemd', scope: 'system', name: unit };
}
