/**
 * The unit states of systemd's `ActiveState`, in the order of its documentation.
 *
 * Source: systemd `org.freedesktop.systemd1(5)`; `refreshing` exists since systemd 257.
 */
export const ACTIVE_STATES = [
  'active',
  'reloading',
  'inactive',
  'failed',
  'activating',
  'deactivating',
  'maintenance',
  'refreshing',
] as const;

/** One of systemd's unit states; other service managers map their own states to these. */
export type ActiveState = (typeof ACTIVE_STATES)[number];

/** Whether a text is a unit state that we know. */
export function isActiveState(text: string): text is ActiveState {
  return ACTIVE_STATES.some((state) => state === text);
}

/** Service managers: `pidfile` is none of its own, but daemons that write their pid to a file. */
export type ManagerName = 'systemd' | 'launchd' | 'pidfile';

/** Which unit is meant: the service manager it lives in, whose manager that is, and its name there. */
export interface UnitRef {
  readonly manager: ManagerName;
  /** `system`; launchd has other domains beside it, such as `gui/501`. */
  readonly scope: string;
  /** A unit's name, a job's label, or a daemon's name in the configuration. */
  readonly name: string;
}

/** The unit of that name of the system's own systemd, which is what repairs are about. */
export function systemUnit(name: string): UnitRef {
  return { manager: 'systemd', scope: 'system', name };
}

/** What a service manager says about one unit at one moment; read afresh before every decision. */
export interface Unit {
  readonly ref: UnitRef;
  /** Primary name and every alias; `ref.name` may be any of them. */
  readonly id: string;
  readonly names: readonly string[];
  /** `loaded`, `not-found`, `masked`, `bad-setting`, `error` and so on. */
  readonly loadState: string;
  readonly activeState: ActiveState;
  readonly subState: string;
  /** Result of the last run (`success`, `exit-code`, `signal`, `oom-kill`, ...); empty where there is none. */
  readonly result: string;
  /** Changes with every start; empty if the unit was never started. */
  readonly invocationId: string;
  /** False where the unit refuses to be started by hand. */
  readonly canStart: boolean;
  /** False where the unit refuses to be stopped by hand, and so to be restarted. */
  readonly canStop: boolean;
  readonly canReload: boolean;
  /** Whether it was made at run time, by a program: nobody can start it again. */
  readonly isTransient: boolean;
  /** When it last came to or left `active`, whichever was later; undefined if it never did or nobody knows. */
  readonly changedAt: Date | undefined;
  /** How often the manager itself has started it again since somebody last did; undefined if it does not say. */
  readonly restarts: number | undefined;
  /** Whether its last run ended because somebody told it to, however badly it took that; false where that is not known. */
  readonly endedByOrder: boolean;
  /** Whether it is done when its process has ended, and then not active: a service of type oneshot. */
  readonly isOneshot: boolean;
}

/** Longest unit name that systemd takes (`UNIT_NAME_MAX`). */
const UNIT_NAME_MAX = 255;

/** Types of units, which end their names. */
export const UNIT_SUFFIXES = [
  'service',
  'socket',
  'target',
  'device',
  'mount',
  'automount',
  'swap',
  'timer',
  'path',
  'slice',
  'scope',
] as const;

const UNIT_NAME = new RegExp(
  `^[A-Za-z0-9:_.\\\\-]+(@[A-Za-z0-9:_.\\\\@-]+)?\\.(${UNIT_SUFFIXES.join('|')})$`,
);

/**
 * Whether a text is the name of a unit that can be acted on.
 *
 * systemd checks names too; this keeps labels of unknown origin away from the bus altogether.
 * A template without an instance (`comfyui@.service`) is not a unit.
 */
export function isUnitName(text: string): boolean {
  return text.length <= UNIT_NAME_MAX && UNIT_NAME.test(text);
}

/** The type of a unit, which is the suffix of its name: `service`, `socket`, `timer` and so on. */
export function unitType(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}
