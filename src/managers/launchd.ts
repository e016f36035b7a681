import type { Clock } from '../domain/clock.ts';
import { isLaunchdDomain, isLaunchdLabel, type LaunchdJob } from '../domain/launchd.ts';
import type { Outcome, ServiceManager } from '../domain/repair.ts';
import type { UnitAction } from '../domain/step.ts';
import type { Unit, UnitRef } from '../domain/unit.ts';
import type { Answer, Launchctl } from '../host/launchctl/client.ts';
import { createInvocations } from './invocations.ts';
import { unitNotLoaded, unitOfJob } from './launchd/unit.ts';
import { withoutLimits } from './no-limits.ts';
import { poll } from './poll.ts';

/** What is needed to manage jobs of launchd. */
export interface LaunchdManagerOptions {
  readonly launchctl: Launchctl;
  /** Property lists by `DOMAIN/LABEL`, as in `gui/501/com.example.worker`, of jobs that may be loaded. */
  readonly plists: ReadonlyMap<string, string>;
  readonly clock: Clock;
  /** How long a job may take to start, or to end. */
  readonly settleMs?: number;
}

/** A job has 20 s to end if it does not say otherwise, and as long again is little for a start. */
const SETTLE_MS = 60_000;

/** bootout: the job takes its time to end. */
const IN_PROGRESS = 36;
/** bootout: it was not loaded (`ESRCH`). */
const NO_SUCH_PROCESS = 3;

/** What became of an order to launchd. */
type Done = Pick<Outcome, 'accepted' | 'jobResult' | 'detail'>;

/**
 * launchd, by launchctl.
 *
 * A stop unloads the job (`bootout`): one that is only killed comes back at once if its property list says
 * `KeepAlive`. A start loads it again, from the property list that the configuration names, or from where it was
 * loaded when fettle stopped it; that is forgotten when fettle ends. What is disabled stays so: `launchctl enable` is
 * for people.
 */
export function createLaunchdManager(options: LaunchdManagerOptions): ServiceManager {
  const { launchctl, plists, clock, settleMs = SETTLE_MS } = options;
  const invocationOf = createInvocations();
  /** Of what fettle has unloaded; `isOver`: and it was seen to be gone. */
  const unloaded = new Map<string, { readonly plist: string; readonly isOver: boolean }>();

  const plistOf = (ref: UnitRef) => plists.get(targetOf(ref)) ?? unloaded.get(targetOf(ref))?.plist;

  async function print(ref: UnitRef, signal: AbortSignal): Promise<LaunchdJob | undefined> {
    const job = await launchctl.print(ref.scope, ref.name, signal);
    // Somebody else has loaded it again: who unloads it the next time may not want it back.
    if (job !== undefined && unloaded.get(targetOf(ref))?.isOver) unloaded.delete(targetOf(ref));
    return job;
  }

  async function inspect(ref: UnitRef, signal: AbortSignal): Promise<Unit | undefined> {
    if (!isTarget(ref)) return undefined;
    const job = await print(ref, signal);
    if (job !== undefined) return unitOfJob(ref, job, invocationOf(targetOf(ref), runOf(job)));
    if (plistOf(ref) === undefined) return undefined;
    const enabled = await launchctl.enabled(ref.scope, signal);
    return unitNotLoaded(ref, enabled.get(ref.name) !== false);
  }

  async function run(action: UnitAction, ref: UnitRef, signal: AbortSignal): Promise<Outcome> {
    const done = isTarget(ref)
      ? await order(action, ref, signal)
      : refused(`${targetOf(ref)} is no label of a job in a domain of launchd`);
    return { ...done, unit: done.accepted ? await inspect(ref, signal) : undefined };
  }

  async function order(action: UnitAction, ref: UnitRef, signal: AbortSignal): Promise<Done> {
    const job = await print(ref, signal);
    switch (action) {
      case 'restart':
        return job === undefined ? await load(ref, signal) : await kickstart(ref, job, true, signal);
      case 'start':
        return job === undefined ? await load(ref, signal) : await start(ref, job, signal);
      case 'stop':
        return job === undefined ? notLoaded(ref) : await unload(ref, job, signal);
      case 'reload':
      case 'reset_failed':
        return refused(`launchd has no ${action}, so nothing was done to ${targetOf(ref)}`);
      default:
        return action satisfies never;
    }
  }

  async function start(ref: UnitRef, job: LaunchdJob, signal: AbortSignal): Promise<Done> {
    if (job.state === 'running') return done(`${targetOf(ref)} was already running`);
    // Under way; nothing has to be asked for.
    if (job.state === 'xpcproxy') return await started(ref, hasBegun, signal);
    return await kickstart(ref, job, false, signal);
  }

  /** There is nothing to stop. */
  function notLoaded(ref: UnitRef): Done {
    if (plistOf(ref) === undefined) return refused(`there is no job ${targetOf(ref)}`);
    return done(`${targetOf(ref)} was not loaded`);
  }

  async function kickstart(
    ref: UnitRef,
    before: LaunchdJob,
    kill: boolean,
    signal: AbortSignal,
  ): Promise<Done> {
    const answer = await launchctl.kickstart(targetOf(ref), kill, signal);
    if (answer.exitCode !== 0) return refusedBy(kill ? 'restart' : 'start', ref, answer);
    return await started(ref, (now) => hasBegun(now) && isAnew(now, before), signal);
  }

  /** Loads a job, and starts it if that alone does not. */
  async function load(ref: UnitRef, signal: AbortSignal): Promise<Done> {
    const plist = plistOf(ref);
    if (plist === undefined) {
      const mend = 'load it by hand with launchctl bootstrap';
      return refused(`${targetOf(ref)} is not loaded, and it is not known from which property list; ${mend}`);
    }
    const answer = await launchctl.bootstrap(ref.scope, plist, signal);
    if (answer.exitCode !== 0) return refusedBy('load', ref, answer);
    unloaded.delete(targetOf(ref));
    const job = await print(ref, signal);
    if (job === undefined) return refused(`${plist} was loaded, but ${targetOf(ref)} is not in it`);
    return (job.runs ?? 0) > 0
      ? await started(ref, hasBegun, signal)
      : await kickstart(ref, job, false, signal);
  }

  /** Waits until the job has been started; whether it stays up is for others to see. */
  async function started(
    ref: UnitRef,
    isIt: (now: LaunchdJob) => boolean,
    signal: AbortSignal,
  ): Promise<Done> {
    const job = await poll(clock, settleMs, signal, async () => {
      const now = await print(ref, signal);
      return now !== undefined && isIt(now) ? now : undefined;
    });
    if (job === undefined)
      return done(`${targetOf(ref)} has not started within ${settleMs / 1000} s`, 'timeout');
    const { activeState, result } = unitOfJob(ref, job, '');
    if (activeState === 'active' || result === 'success') return done(`launchd has started ${targetOf(ref)}`);
    return done(`launchd has started ${targetOf(ref)}, which has failed (${result || job.state})`, 'failed');
  }

  async function unload(ref: UnitRef, job: LaunchdJob, signal: AbortSignal): Promise<Done> {
    const plist = plistOf(ref) ?? job.plist;
    if (plist === undefined) {
      const why = 'another program has handed it in, so fettle could not start it again';
      return refused(`${targetOf(ref)} has no property list: ${why}`);
    }
    const target = targetOf(ref);
    // Known before the answer, which may get lost after launchd has done it.
    unloaded.set(target, { plist, isOver: false });
    const answer = await launchctl.bootout(target, signal);
    const { exitCode } = answer;
    if (exitCode !== 0 && exitCode !== IN_PROGRESS && exitCode !== NO_SUCH_PROCESS) {
      unloaded.delete(target);
      return refusedBy('stop', ref, answer);
    }
    const isGone = async () => ((await print(ref, signal)) === undefined ? true : undefined);
    if (await poll(clock, settleMs, signal, isGone)) {
      unloaded.set(target, { plist, isOver: true });
      return done(`launchd has unloaded ${target}`);
    }
    return done(`${target} has not ended within ${settleMs / 1000} s`, 'timeout');
  }

  return { kind: 'launchd', inspect, run, ...withoutLimits('launchd') };
}

function targetOf({ scope, name }: UnitRef): string {
  return `${scope}/${name}`;
}

function isTarget({ scope, name }: UnitRef): boolean {
  return isLaunchdDomain(scope) && isLaunchdLabel(name);
}

function runOf({ runs, pid }: LaunchdJob): Parameters<ReturnType<typeof createInvocations>>[1] {
  if (runs === undefined && pid === undefined) return undefined;
  if (runs === 0) return undefined;
  const known = `run ${runs ?? 'unknown'}`;
  return { known, exact: pid === undefined ? undefined : `${known}, pid ${pid}` };
}

/** Whether its last run has got beyond launchd's own preparations: xpcproxy becomes the program, with the same pid. */
function hasBegun({ state, pid, runs }: LaunchdJob): boolean {
  return state !== 'xpcproxy' && (pid !== undefined || (runs ?? 0) > 0);
}

/** Whether it has a run that it did not have before. */
function isAnew(now: LaunchdJob, before: LaunchdJob): boolean {
  return now.pid === undefined ? now.runs !== before.runs : now.pid !== before.pid;
}

function done(detail: string, jobResult = 'done'): Done {
  return { accepted: true, jobResult, detail };
}

function refused(detail: string): Done {
  return { accepted: false, jobResult: '', detail };
}

function refusedBy(what: string, ref: UnitRef, { exitCode, said }: Answer): Done {
  const how = exitCode === undefined ? 'launchctl was killed' : `exit code ${exitCode}`;
  return refused(`launchd refused to ${what} ${targetOf(ref)}: ${said || 'it said nothing'} (${how})`);
}
