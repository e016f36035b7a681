import type { LedgerLine } from '../../src/domain/ledger.ts';
import type { Point } from './points.ts';

/** What is left of one repair after both lives of fettle. */
export interface Seen {
  readonly point: Point;
  /** Starts that the unit has noted since fettle first heard of it. */
  readonly restarts: number;
  /** The unit's limits, as systemd tells them. */
  readonly limits: { readonly before: string; readonly after: string };
  readonly ledger: readonly LedgerLine[];
  /** SHA-256 of the evidence that lies beside the ledger, by the names of the files. */
  readonly evidence: ReadonlyMap<string, string>;
  /** Outcomes of the intakes that the second life lists for people. */
  readonly outcomes: readonly string[];
}

const TERMINAL: readonly string[] = ['refused', 'rehearsed', 'ended'];

/** What is not as it should be, in words; empty if nothing. */
export function faultsOf(seen: Seen): readonly string[] {
  return [
    ...restartFaults(seen),
    ...ambiguityFaults(seen),
    ...terminalFaults(seen.ledger),
    ...evidenceFaults(seen),
    ...limitFaults(seen),
  ];
}

function restartFaults({ point, restarts }: Seen): readonly string[] {
  if (point.restarts.includes(restarts)) return [];
  return [`the unit was restarted ${restarts} times instead of ${point.restarts.join(' or ')}`];
}

/** What nobody knows is told as interrupted, to the ledger and to people, and never tried again. */
function ambiguityFaults({ point, ledger, outcomes }: Seen): readonly string[] {
  const interrupted = isInterrupted(ledger);
  const told = outcomes.includes('interrupted');
  const starts = ledger.filter(({ event }) => event === 'started').length;
  return [
    ...(interrupted === point.isAmbiguous
      ? []
      : [`the ledger tells ${interrupted ? 'an' : 'no'} interrupted step`]),
    ...(told === point.isAmbiguous ? [] : [`people are told of ${told ? 'an' : 'no'} interrupted repair`]),
    ...(starts === point.steps ? [] : [`${starts} steps were started instead of ${point.steps}`]),
  ];
}

/** Whether a step and its intake were both told as interrupted. */
export function isInterrupted(ledger: readonly LedgerLine[]): boolean {
  const isStep = ledger.some((line) => line.event === 'finished' && line.result === 'interrupted');
  return isStep && ledger.some((line) => line.event === 'ended' && line.ending === 'interrupted');
}

function terminalFaults(ledger: readonly LedgerLine[]): readonly string[] {
  const received = ledger.flatMap((line) => (line.event === 'received' ? [line.id] : []));
  const faults = received.flatMap((id) => {
    const ends = ledger.filter((line) => 'id' in line && line.id === id && TERMINAL.includes(line.event));
    return ends.length === 1 ? [] : [`an intake has ${ends.length} last lines`];
  });
  return received.length === 0 ? ['no alert was ever taken in'] : faults;
}

/** What was kept before a step is what its line names. */
function evidenceFaults({ ledger, evidence }: Seen): readonly string[] {
  return ledger.flatMap((line) => {
    if (line.event !== 'started') return [];
    const file = `${line.id}-${line.step}.json`;
    return evidence.get(file) === line.evidence ? [] : [`the evidence ${file} is not the one that was named`];
  });
}

function limitFaults({ limits: { before, after } }: Seen): readonly string[] {
  return before === after ? [] : [`the limits were ${before} and are ${after}`];
}
