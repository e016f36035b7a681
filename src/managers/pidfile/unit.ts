import type { DaemonSpec, DaemonState } from '../../domain/daemon.ts';
import type { ActiveState, Unit, UnitRef } from '../../domain/unit.ts';
import type { DaemonLook } from '../../host/processes/daemon.ts';

/** A daemon that can be believed, as a unit. A bad word of its status file or command is told in `subState`. */
export function unitOfDaemon(
  ref: UnitRef,
  { commands, stopSignal }: DaemonSpec,
  look: DaemonLook & { readonly state: Exclude<DaemonState, 'unknown'> },
  invocationId: string,
  statusProblem: string | undefined,
): Unit {
  const { start, stop, restart } = commands;
  const problem = look.status?.problem ?? statusProblem;
  const isActive = look.state === 'active';
  return {
    ref,
    id: ref.name,
    names: [ref.name],
    loadState: 'loaded',
    activeState: look.state satisfies ActiveState,
    subState: isActive && problem !== undefined ? `${look.detail}, but ${problem}` : look.detail,
    result: look.state === 'failed' ? 'ended' : '',
    invocationId,
    canStart: start !== undefined || restart !== undefined,
    canStop: stop !== undefined || restart !== undefined || stopSignal !== undefined,
    canReload: false,
    isTransient: false,
    // When it has ended, nobody knows.
    changedAt: look.process && new Date(look.process.startSeconds * 1000),
    restarts: undefined,
    endedByOrder: false,
    isOneshot: false,
  };
}
