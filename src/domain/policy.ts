/** What can be done to a unit. */
export type Action = 'restart' | 'start' | 'stop';

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

/** When a repair counts as done: active with one invocation for `hold`, reached within `timeout`. */
export interface Verification {
  readonly holdSeconds: number;
  readonly timeoutSeconds: number;
}

/** What may be done to which units upon which alerts. */
export interface Policy {
  readonly name: string;
  readonly mode: Mode;
  readonly when: readonly Matcher[];
  readonly unit: UnitTemplate;
  readonly allow: readonly string[];
  readonly steps: readonly Action[];
  readonly cooldown: Cooldown;
  readonly verify: Verification;
}

/** All policies, and the units that none of them may touch (patterns with `*`). */
export interface PolicySet {
  readonly policies: readonly Policy[];
  readonly protectedUnits: readonly string[];
}
