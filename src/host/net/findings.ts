import type { ProbeOutcome, ProbePhase } from '../../domain/probe.ts';

/** What is found out while connecting; written as it is known, so that a failure does not lose it. */
export interface ConnectionFindings {
  /** Seconds, of all connections of a question together. */
  phases?: ProbeOutcome['phases'];
  /** Unix seconds at which the first certificate of all chains ends. */
  certificateExpirySeconds?: ProbeOutcome['certificateExpirySeconds'];
}

/** Adds to the time that a phase takes. */
export function addPhase(found: ConnectionFindings, phase: ProbePhase, seconds: number): void {
  found.phases = { ...found.phases, [phase]: (found.phases?.[phase] ?? 0) + seconds };
}
