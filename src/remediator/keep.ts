import type { Clock } from '../domain/clock.ts';
import { messageOf } from '../domain/errors.ts';
import type { StartedEvent } from '../domain/ledger.ts';
import { withinLimit } from '../domain/limit.ts';
import type { Denial, RepairRequest, ServiceManager } from '../domain/repair.ts';
import type { LimitValues } from '../domain/throttle.ts';
import type { Unit, UnitRef } from '../domain/unit.ts';
import { limitValuesOf } from './limit-values.ts';
import { limitsNow } from './limits-now.ts';
import type { Witnesses } from './prove.ts';
import type { Before } from './repair.ts';

/** What was kept before a step. */
export interface Kept extends Omit<Before, 'also'> {
  /** Of the evidence. */
  readonly hash: string;
  /** What has to be written down for the step to be undone. */
  readonly change: Pick<StartedEvent, 'saved' | 'limits' | 'undo'>;
}

/** Keeps what has to be kept before anything is done, or says why that is not possible. */
export type Keep = (
  request: RepairRequest,
  unit: Unit,
  signal: AbortSignal,
) => Promise<Kept | { readonly denial: Denial }>;

/** What keeping needs. */
export interface KeepOptions {
  readonly manager: ServiceManager;
  readonly witnesses: Witnesses;
  /** Takes evidence of the unit of a step and stores it; gives its hash. Throws if it cannot be stored. */
  readonly evidence: (id: string, step: number, unit: Unit, signal: AbortSignal) => Promise<string>;
  readonly clock: Clock;
}

/** For all of it: decisions wait meanwhile. */
const LIMIT_MS = 15_000;

/** Gives what takes evidence and saves what is about to be changed: what cannot be told or undone is not done. */
export function createKeep({ manager, witnesses, evidence, clock }: KeepOptions): Keep {
  async function keep(request: RepairRequest, unit: Unit, signal: AbortSignal): Promise<Kept> {
    const { id, step, stepIndex, policy } = request;
    const ref: UnitRef = { ...request.unit, name: unit.id };
    const limits = step.action === 'throttle' ? limitValuesOf(step.limits) : {};
    const saved = step.action === 'throttle' ? await limitsNow(manager, ref, step.limits, signal) : {};
    const held = policy.verify.gpuMemoryFreed ? await witnesses.gpuProcessesOf(unit, signal) : undefined;
    const hash = await evidence(id, stepIndex, unit, signal);
    if (held?.known === false)
      throw new Error(`which processes of it hold memory of GPUs is not known: ${held.why}`);
    const gpuProcesses = held?.value ?? [];
    return { unit, limits, gpuProcesses, hash, change: changeOf(request, saved, limits) };
  }

  return async (request, unit, signal) => {
    try {
      return await withinLimit('keeping it', LIMIT_MS, signal, (own) => keep(request, unit, own));
    } catch (thrown) {
      signal.throwIfAborted();
      const reason = `what has to be kept before a repair could not be: ${messageOf(thrown)}`;
      return { denial: { rail: 'evidence', reason, retryAt: clock.now() } };
    }
  };
}

/** Of what is to stay, the values from before are of no use. */
function changeOf({ step, policy }: RepairRequest, saved: LimitValues, limits: LimitValues): Kept['change'] {
  if (step.action === 'throttle') return policy.undoesOnResolve ? { saved, limits } : { limits };
  return step.action === 'power_mode' && step.undo !== undefined ? { undo: step.undo } : {};
}
