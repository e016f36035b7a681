import { EX_CONFIG, type LaunchdJob } from '../../domain/launchd.ts';
import type { ActiveState, Unit, UnitRef } from '../../domain/unit.ts';

/** Signals by which a job is asked to end; one that ends by them has not failed. As systemd has it. */
const CLEAN_SIGNALS = [1, 2, 13, 15];

/** A loaded job as a unit. */
export function unitOfJob(ref: UnitRef, job: LaunchdJob, invocationId: string): Unit {
  return {
    ...shared(ref),
    loadState: 'loaded',
    activeState: activeStateOf(job),
    subState: job.jobState === 'spawn failed' ? 'spawn failed' : (job.state ?? 'unknown'),
    result: resultOf(job),
    invocationId,
    canStart: true,
    canStop: true,
  };
}

/** A job that is not loaded, but could be. */
export function unitNotLoaded(ref: UnitRef, isEnabled: boolean): Unit {
  return {
    ...shared(ref),
    loadState: isEnabled ? 'not-loaded' : 'disabled',
    activeState: 'inactive',
    subState: isEnabled ? 'not loaded' : 'disabled',
    result: '',
    invocationId: '',
    canStart: isEnabled,
    canStop: true,
  };
}

/** What holds for every job. When it changed, launchd does not tell, nor how often it has started it again. */
function shared(
  ref: UnitRef,
): Pick<
  Unit,
  | 'ref'
  | 'id'
  | 'names'
  | 'canReload'
  | 'isTransient'
  | 'changedAt'
  | 'restarts'
  | 'endedByOrder'
  | 'isOneshot'
> {
  return {
    ref,
    id: ref.name,
    names: [ref.name],
    canReload: false,
    isTransient: false,
    changedAt: undefined,
    restarts: undefined,
    endedByOrder: false,
    isOneshot: false,
  };
}

/** A job that waits for its next start after a failure is `activating`, as a service of systemd would be. */
function activeStateOf(job: LaunchdJob): ActiveState {
  switch (job.state) {
    case 'running':
      return 'active';
    case 'xpcproxy':
    case 'spawn scheduled':
      return 'activating';
    case 'waiting':
    case 'not running':
    case 'other':
    case undefined:
      return resultOf(job) === 'success' || resultOf(job) === '' ? 'inactive' : 'failed';
    default:
      return job.state satisfies never;
  }
}

/** In systemd's words, where it has one. */
function resultOf({ lastExitCode, lastSignal, jobState }: LaunchdJob): string {
  if (lastExitCode === EX_CONFIG) return 'configuration';
  if (jobState === 'spawn failed') return 'spawn-failed';
  if (lastSignal !== undefined) return CLEAN_SIGNALS.includes(lastSignal) ? 'success' : 'signal';
  if (lastExitCode === undefined) return '';
  return lastExitCode === 0 ? 'success' : 'exit-code';
}
