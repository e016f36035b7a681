import {
  type Ending,
  LEDGER_VERSION,
  type LedgerEvent,
  type LedgerLine,
  type StepResult,
} from '../domain/ledger.ts';
import type { Moment } from '../domain/moment.ts';
import { ACTIONS } from '../domain/step.ts';

/** An event as a line, at a moment. */
export function lineAt({ wall, boot, upSeconds }: Moment, event: LedgerEvent): LedgerLine {
  const head = { v: LEDGER_VERSION, at: wall.toISOString(), boot, up: upSeconds } as const;
  // First in the line, for people, and not to be overridden.
  return { ...head, ...event, ...head };
}

/** A line's JSON, or what is wrong with it. */
export function parseLedgerLine(json: string): LedgerLine | string {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return 'not JSON';
  }
  return isLedgerLine(value) ? value : wrongPart(value);
}

/** Whether a line, with its hash or without, is of a fettle before the hashes. */
export function isOfOlderFettle(text: string): boolean {
  return /^\{"v":1[,}]/.test(text);
}

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === 'string';
const amount: Check = (value) => typeof value === 'number' && value >= 0;
const index: Check = (value) => Number.isSafeInteger(value) && amount(value);
const time: Check = (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value));
const texts: Check = (value) => isObject(value) && Object.values(value).every(text);
const list: Check = (value) => Array.isArray(value) && value.every(text);
const word = (words: readonly string[]): Check => {
  return (value) => typeof value === 'string' && words.includes(value);
};
const optional = (check: Check): Check => {
  return (value) => value === undefined || check(value);
};
const denials: Check = (value) =>
  Array.isArray(value) &&
  value.every(
    (one: unknown) => isObject(one) && !wrongKey(one, { rail: text, reason: text, retryAt: optional(time) }),
  );

const action = word(ACTIONS);
const ABOUT = { id: text, policy: text, unit: text };
const ALERT = { alertname: text, fingerprint: text, startsAt: time };

/** What each kind of line must have; more keys, as of a later fettle, are passed over. */
const EVENTS: Readonly<Record<LedgerEvent['event'], Readonly<Record<string, Check>>>> = {
  received: { ...ABOUT, ...ALERT, labels: texts },
  refused: { ...ABOUT, step: index, denials },
  rehearsed: { ...ABOUT, action, detail: text },
  started: {
    ...ABOUT,
    step: index,
    action,
    activeState: text,
    invocationId: text,
    also: optional(list),
    evidence: text,
    saved: optional(texts),
    limits: optional(texts),
  },
  finished: {
    ...ABOUT,
    step: index,
    action,
    result: word(['succeeded', 'failed', 'interrupted'] satisfies readonly StepResult[]),
    detail: text,
    jobResult: text,
    invocationId: text,
    alsoInvocations: optional(texts),
    seconds: amount,
  },
  ended: {
    ...ABOUT,
    ending: word(['repaired', 'eased', 'exhausted', 'interrupted'] satisfies readonly Ending[]),
    detail: text,
    hold: optional(amount),
  },
  undone: { ...ABOUT, step: index, result: word(['restored', 'gone', 'failed']), detail: text },
  resolved: ALERT,
};

const HEAD = { at: time, boot: text, up: amount };

function isLedgerLine(value: unknown): value is LedgerLine {
  return wrongPart(value) === '';
}

function wrongPart(value: unknown): string {
  if (!isObject(value)) return 'not an object';
  const { v, event } = value;
  if (v !== LEDGER_VERSION) return `format version ${String(v)}; this fettle reads ${LEDGER_VERSION}`;
  if (!isEvent(event)) return `unknown event ${String(event)}`;
  const key = wrongKey(value, HEAD) ?? wrongKey(value, EVENTS[event]);
  return key === undefined ? '' : `no "${key}" as it should be`;
}

function wrongKey(value: Readonly<Record<string, unknown>>, checks: Readonly<Record<string, Check>>) {
  for (const key in checks) if (!checks[key]?.(value[key])) return key;
  return undefined;
}

function isEvent(value: unknown): value is LedgerEvent['event'] {
  return typeof value === 'string' && Object.hasOwn(EVENTS, value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
