import type { Outcome, ServiceManager } from '../domain/repair.ts';
import type { UnitAction } from '../domain/step.ts';
import { LIMIT_PROPERTIES } from '../domain/throttle.ts';
import type { Unit, UnitRef } from '../domain/unit.ts';

/** A manager that looks like the real one does, and tells what it would do instead of doing it. */
export function createRehearsal(real: ServiceManager): ServiceManager {
  async function rehearse(
    what: string,
    ref: UnitRef,
    isAllowed: (unit: Unit) => boolean,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const unit = await real.inspect(ref, signal);
    const state = unit === undefined ? 'gone' : `${unit.activeState} (${unit.subState})`;
    const accepted = unit !== undefined && isAllowed(unit);
    const refusal = unit !== undefined && !accepted ? ', and would be refused' : '';
    const detail = `dry run: would ${what} ${ref.name}, which is ${state}${refusal}`;
    return { accepted, jobResult: '', detail, unit };
  }

  return {
    kind: `rehearsal of ${real.kind}`,
    inspect: (unit, signal) => real.inspect(unit, signal),
    run: (action, ref, signal) => rehearse(action, ref, (unit) => allows(unit, action), signal),
    limitsOf: (unit, limits, signal) => real.limitsOf(unit, limits, signal),
    setLimits(ref, values, signal) {
      const given = LIMIT_PROPERTIES.filter((name) => values[name] !== undefined);
      const words = given.map((name) => `${name}=${values[name]}`).join(' ');
      return rehearse(`set ${words || 'nothing'} of`, ref, isOfSystemd, signal);
    },
  };
}

/** Whether the unit says that it can be done; the manager may know better. */
function allows(unit: Unit, action: UnitAction): boolean {
  const { canStart, canStop, canReload } = unit;
  switch (action) {
    case 'restart':
      return canStart && canStop;
    case 'start':
      return canStart;
    case 'stop':
      return canStop;
    case 'reload':
      return canReload;
    case 'reset_failed':
      return isOfSystemd(unit);
    default:
      return action satisfies never;
  }
}

/** The other managers know neither failures to forget nor limits. */
function isOfSystemd({ ref }: Unit): boolean {
  return ref.manager === 'systemd';
}
