import type {
  FinishedLine,
  LedgerLine,
  ReceivedLine,
  RefusedLine,
  RehearsedLine,
  ResolvedLine,
  StartedLine,
} from '../../src/domain/ledger.ts';
import { type Ledger, openLedger } from '../../src/remediator/ledger.ts';
import { NOON } from './repairs.ts';

const HEAD = { v: 1, at: NOON.toISOString(), id: 'i1', policy: 'p', unit: 'a.service' } as const;

/** Lines of a ledger, each about intake `i1` at noon unless told otherwise. */
export const lineOf = {
  received: (changes: Partial<ReceivedLine> = {}): ReceivedLine => ({
    ...HEAD,
    event: 'received',
    alertname: 'UnitFailed',
    fingerprint: 'f1',
    startsAt: NOON.toISOString(),
    action: 'restart',
    labels: { alertname: 'UnitFailed', unit: 'a.service' },
    ...changes,
  }),
  refused: (changes: Partial<RefusedLine> = {}): RefusedLine => ({
    ...HEAD,
    event: 'refused',
    denials: [{ rail: 'allow-list', reason: 'no' }],
    ...changes,
  }),
  rehearsed: (changes: Partial<RehearsedLine> = {}): RehearsedLine => ({
    ...HEAD,
    event: 'rehearsed',
    action: 'restart',
    detail: '',
    ...changes,
  }),
  started: (changes: Partial<StartedLine> = {}): StartedLine => ({
    ...HEAD,
    event: 'started',
    action: 'restart',
    activeState: 'failed',
    invocationId: 'before',
    ...changes,
  }),
  finished: (changes: Partial<FinishedLine> = {}): FinishedLine => ({
    ...HEAD,
    event: 'finished',
    action: 'restart',
    result: 'succeeded',
    detail: '',
    jobResult: 'done',
    invocationId: 'after',
    seconds: 1,
    ...changes,
  }),
  resolved: (changes: Partial<ResolvedLine> = {}): ResolvedLine => ({
    v: 1,
    at: NOON.toISOString(),
    event: 'resolved',
    alertname: 'UnitFailed',
    fingerprint: 'f1',
    startsAt: NOON.toISOString(),
    ...changes,
  }),
};

/** A ledger on an array instead of a disk; the array can be made to refuse. */
export interface FakeDisk {
  readonly texts: string[];
  full: boolean;
}

/** A ledger on such a disk, and the disk. */
export function createFakeLedger(before: readonly LedgerLine[] = []): {
  readonly ledger: Ledger;
  readonly disk: FakeDisk;
} {
  const disk: FakeDisk = { texts: before.map((line) => JSON.stringify(line)), full: false };
  const ledger = openLedger('/ledger.jsonl', disk.texts, async (texts) => {
    if (disk.full) throw new Error('no space left on device');
    disk.texts.push(...texts);
  });
  return { ledger, disk };
}

/** The events on a disk, in order. */
export function eventsOf({ texts }: FakeDisk): readonly string[] {
  return texts.map((text) => String(Reflect.get(Object(JSON.parse(text)), 'event')));
}
