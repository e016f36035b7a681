import {
  type EndedEvent,
  type FinishedEvent,
  LEDGER_VERSION,
  type LedgerLine,
  type LineHead,
  type ReceivedEvent,
  type RefusedEvent,
  type RehearsedEvent,
  type ResolvedEvent,
  type StartedEvent,
  type UndoneEvent,
} from '../../src/domain/ledger.ts';
import type { Moment } from '../../src/domain/moment.ts';
import { History } from '../../src/policy/history.ts';
import { createLedger, type Ledger } from '../../src/remediator/ledger.ts';
import { firstLinkOf, GENESIS, linkOf } from '../../src/remediator/ledger-chain.ts';
import { afterNoon, NOON } from './repairs.ts';

const HEAD: LineHead = { v: LEDGER_VERSION, at: NOON.toISOString(), boot: 'boot-1', up: 1000 };

const ABOUT = { id: 'i1', policy: 'p', unit: 'a.service' };

type Changes<Event> = Partial<LineHead & Event>;

/** A change of a line's time: so many seconds after noon, by both clocks. */
export function secondsAfterNoon(seconds: number): Pick<LineHead, 'at' | 'up'> {
  return { at: afterNoon(seconds).toISOString(), up: HEAD.up + seconds };
}

/** Lines of a ledger, each about intake `i1` at noon unless told otherwise. */
export const lineOf = {
  received: (changes: Changes<ReceivedEvent> = {}): LineHead & ReceivedEvent => ({
    ...HEAD,
    event: 'received',
    ...ABOUT,
    alertname: 'UnitFailed',
    fingerprint: 'f1',
    startsAt: NOON.toISOString(),
    labels: { alertname: 'UnitFailed', unit: 'a.service' },
    ...changes,
  }),
  refused: (changes: Changes<RefusedEvent> = {}): LineHead & RefusedEvent => ({
    ...HEAD,
    event: 'refused',
    ...ABOUT,
    step: 0,
    denials: [{ rail: 'allow-list', reason: 'no' }],
    ...changes,
  }),
  rehearsed: (changes: Changes<RehearsedEvent> = {}): LineHead & RehearsedEvent => ({
    ...HEAD,
    event: 'rehearsed',
    ...ABOUT,
    action: 'restart',
    detail: '',
    ...changes,
  }),
  started: (changes: Changes<StartedEvent> = {}): LineHead & StartedEvent => ({
    ...HEAD,
    event: 'started',
    ...ABOUT,
    step: 0,
    action: 'restart',
    activeState: 'failed',
    invocationId: 'before',
    evidence: '',
    ...changes,
  }),
  finished: (changes: Changes<FinishedEvent> = {}): LineHead & FinishedEvent => ({
    ...HEAD,
    event: 'finished',
    ...ABOUT,
    step: 0,
    action: 'restart',
    result: 'succeeded',
    detail: '',
    jobResult: 'done',
    invocationId: 'after',
    seconds: 1,
    ...changes,
  }),
  ended: (changes: Changes<EndedEvent> = {}): LineHead & EndedEvent => ({
    ...HEAD,
    event: 'ended',
    ...ABOUT,
    ending: 'repaired',
    detail: '',
    ...changes,
  }),
  undone: (changes: Changes<UndoneEvent> = {}): LineHead & UndoneEvent => ({
    ...HEAD,
    event: 'undone',
    ...ABOUT,
    step: 0,
    result: 'restored',
    detail: '',
    ...changes,
  }),
  resolved: (changes: Changes<ResolvedEvent> = {}): LineHead & ResolvedEvent => ({
    ...HEAD,
    event: 'resolved',
    alertname: 'UnitFailed',
    fingerprint: 'f1',
    startsAt: NOON.toISOString(),
    ...changes,
  }),
};

/** A started step that throttles `a.service` to half a processor, unless told otherwise. */
export function throttledLine(changes: Changes<StartedEvent> = {}): LineHead & StartedEvent {
  return lineOf.started({
    action: 'throttle',
    saved: { CPUQuotaPerSecUSec: '18446744073709551615' },
    limits: { CPUQuotaPerSecUSec: '500000' },
    ...changes,
  });
}

/** Lines as they are written into a file that goes on from that hash. */
export function writtenLines(lines: readonly LedgerLine[], chain = GENESIS): readonly string[] {
  let end = chain;
  return lines.map((line, index) => {
    const link = (index === 0 ? firstLinkOf : linkOf)(end, JSON.stringify(line));
    end = link.chain;
    return link.text;
  });
}

/** A ledger on an array instead of a disk; the array can be made to refuse. */
export interface FakeDisk {
  readonly texts: string[];
  full: boolean;
}

/** A ledger on such a disk, and the disk; it is noon unless `moment` says otherwise. */
export function createFakeLedger(
  before: readonly LedgerLine[] = [],
  moment: () => Moment = () => ({ wall: NOON, boot: HEAD.boot, upSeconds: HEAD.up }),
): {
  readonly ledger: Ledger;
  readonly disk: FakeDisk;
} {
  const history = new History();
  for (const line of before) history.apply(line);
  const disk: FakeDisk = { texts: [...writtenLines(before)], full: false };
  const append = async (linesOf: (beginsFile: boolean) => readonly string[]) => {
    if (disk.full) throw new Error('no space left on device');
    disk.texts.push(...linesOf(disk.texts.length === 0));
  };
  const chain = /"chain":"([0-9a-f]{64})"\}$/.exec(disk.texts.at(-1) ?? '')?.[1] ?? GENESIS;
  return { ledger: createLedger({ history, chain, append, moment }), disk };
}

/** The events on a disk, in order. */
export function eventsOf({ texts }: FakeDisk): readonly string[] {
  return texts.map((text) => String(Reflect.get(Object(JSON.parse(text)), 'event')));
}
