import type { Step, UnitAction } from './step.ts';

/** Whether decisions are carried out or only told. */
export type Mode = 'dry-run' | 'enforce';

/** One condition on a label, in Alertmanager's sense: a missing label is an empty text. */
export interface Matcher {
  readonly label: string;
  /** As written, for people. */
  readonly text: string;
  readonly matches: (value: string) => boolean;
}

/** Where the unit's name comes from: written out, or the whole value of a label. */
export type UnitTemplate =
  | { readonly kind: 'literal'; readonly name: string }
  | { readonly kind: 'label'; readonly label: string };

/** How long a unit is left alone after a repair: `base`, times `factor` for each further one, at most `max`. */
export interface Cooldown {
  readonly baseSeconds: number;
  readonly factor: number;
  readonly maxSeconds: number;
  /** After this long without a repair, counting starts anew. */
  readonly resetAfterSeconds: number;
}

/** At most so many within any stretch of time of that length. */
export interface RateLimit {
  readonly count: number;
  readonly windowSeconds: number;
}

/** When a repair counts as done: active with one invocation for `hold`, reached within `timeout`. */
export interface Verification {
  readonly holdSeconds: number;
  readonly timeoutSeconds: number;
  /** Name of a probe that must succeed as well; undefined: none. */
  readonly probe: string | undefined;
  /** Whether the memory that its processes had on GPUs must be free before it counts. */
  readonly gpuMemoryFreed: boolean;
}

/** How long a unit is left alone after somebody or something else had a hand in it. */
export interface BlameWindow {
  /** After a start or a stop that was not fettle's. */
  readonly otherHandsSeconds: number;
  /** After packages were installed, upgraded or removed. */
  readonly packagesSeconds: number;
  /** After the machine has started. */
  readonly bootSeconds: number;
}

/** What may be done to which units upon which alerts. */
export interface Policy {
  readonly name: string;
  readonly mode: Mode;
  readonly when: readonly Matcher[];
  readonly unit: UnitTemplate;
  readonly allow: readonly string[];
  /** The ladder, at least one step: each further one is taken if those before did not help. */
  readonly steps: readonly Step[];
  /** How long the circuit stays open once the ladder has come to its end in vain. */
  readonly giveUpSeconds: number;
  readonly cooldown: Cooldown;
  /** Of attempts at one unit; all must hold. */
  readonly limits: readonly RateLimit[];
  readonly verify: Verification;
  /** An alert that has waited longer than this for its decision is stale. */
  readonly maxAlertAgeSeconds: number;
  readonly blame: BlameWindow;
  /** Whether what was throttled gets back what it had once the alert is over. */
  readonly undoesOnResolve: boolean;
}

/** What all policies together may do on this machine. */
export interface HostBudget {
  /** Repairs at a time. */
  readonly concurrent: number;
  readonly limits: readonly RateLimit[];
}

/** So many units in trouble within so short a time: the machine is suspect, not they. */
export interface Storm {
  readonly units: number;
  readonly windowSeconds: number;
}

/** A stretch of time, coming again and again, in which some actions are not done. */
export interface MaintenanceWindow {
  readonly name: string;
  /** As written, for people: `0 2 * * *, 90m, Europe/Berlin`. */
  readonly text: string;
  readonly lastsSeconds: number;
  /** Actions that it forbids; empty: all. */
  readonly blocks: readonly (Step['action'] | UnitAction)[];
  /** The first beginning after a moment; undefined if there is none any more. */
  readonly nextBeginning: (after: Date) => Date | undefined;
}

/** What the machine's GPUs and sensors must be like before anything is started on it. */
export interface Gates {
  /** Whether an Xid that asks for a reset or a reboot forbids it. */
  readonly xid: boolean;
  /** The hottest GPU or zone may have so much; undefined: no matter. */
  readonly maxCelsius: number | undefined;
}

/** Where alerts can be asked about: whether they are silenced, inhibited, or over. */
export interface AlertmanagerPlace {
  /** As in `http://127.0.0.1:9093`. */
  readonly url: string;
  readonly bearerTokenFile: string | undefined;
  readonly timeoutSeconds: number;
}

/** All policies, and what holds for each of them. */
export interface PolicySet {
  readonly policies: readonly Policy[];
  /** Patterns with `*` of units that none of them may touch. */
  readonly protectedUnits: readonly string[];
  readonly budget: HostBudget;
  readonly storm: Storm;
  readonly windows: readonly MaintenanceWindow[];
  readonly gates: Gates;
  /** Undefined: nobody is asked. */
  readonly alertmanager: AlertmanagerPlace | undefined;
}
