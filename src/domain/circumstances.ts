import type { Quantity } from './condition.ts';

/** A value, or why there is none. In doubt a rail refuses. */
export type Known<T> =
  | { readonly known: true; readonly value: T }
  | { readonly known: false; readonly why: string };

/** A person's word that nothing is to be done. */
export interface Pause {
  /** Undefined: until somebody resumes. */
  readonly until: Date | undefined;
  readonly reason: string;
  /** The user who said so; empty if that is not known. */
  readonly by: string;
  readonly since: Date;
}

/** What Alertmanager knows of an alert. */
export interface AlertState {
  /** `gone`: it knows no such alert that fires. */
  readonly state: 'active' | 'suppressed' | 'unprocessed' | 'gone';
  /** Ids of silences. */
  readonly silencedBy: readonly string[];
  /** Fingerprints of alerts. */
  readonly inhibitedBy: readonly string[];
}

/** An Xid that a restart of a service cannot help. */
export interface BlockingXid {
  /** As in `0000:01:00.0`. */
  readonly pciAddress: string;
  readonly code: number;
  readonly asks: 'reset' | 'reboot';
}

/** What matters beside the unit and the past, read right before a decision. */
export interface Circumstances {
  readonly pause: Known<Pause | undefined>;
  readonly secondsSinceBoot: Known<number>;
  /** When packages were last changed; undefined where there is no package manager that is known. */
  readonly packagesChangedAt: Known<Date | undefined>;
  /** Undefined: nobody is asked. */
  readonly alert: Known<AlertState> | undefined;
  /** Of GPUs that have not been reset since. */
  readonly blockingXids: Known<readonly BlockingXid[]>;
  /** The hottest GPU or zone; undefined: there is no sensor. */
  readonly hottestCelsius: Known<number | undefined>;
  /** Of the quantities that the step's conditions name. */
  readonly quantities: ReadonlyMap<Quantity, Known<number>>;
  /** Whether the policy's probe succeeds at the moment; undefined: it has none. */
  readonly probeSuccess: Known<boolean> | undefined;
}
