import type { Alert } from '../domain/alert.ts';

/** A notification of Alertmanager, or what is wrong with it. */
export type ParsedPayload =
  | { readonly ok: true; readonly alerts: readonly Alert[]; readonly truncated: number }
  | { readonly ok: false; readonly problem: string };

/**
 * Reads the body of an Alertmanager webhook, payload version 4.
 *
 * Only what decides is read: each alert's own status, labels, start and fingerprint. The status of the
 * notification as a whole says nothing about an alert in it, and keys of newer Alertmanagers are ignored.
 * Nothing is taken from a notification of which one alert cannot be understood.
 */
export function parsePayload(body: unknown): ParsedPayload {
  if (!isRecord(body)) return problem('expected a JSON object, the notification of an Alertmanager webhook');
  if (body['version'] !== '4') {
    return problem(
      `version: expected "4", the payload that Alertmanager sends; got ${shown(body['version'])}`,
    );
  }
  const list = body['alerts'];
  if (!Array.isArray(list)) return problem(`alerts: expected a list; got ${shown(list)}`);
  const alerts: Alert[] = [];
  for (const [index, entry] of list.entries()) {
    const alert = parseAlert(entry);
    if (typeof alert === 'string') return problem(`alerts[${index}]${alert}`);
    alerts.push(alert);
  }
  const truncated = body['truncatedAlerts'];
  return { ok: true, alerts, truncated: typeof truncated === 'number' ? truncated : 0 };
}

/** An alert, or the key that is wrong and what was expected there. */
function parseAlert(entry: unknown): Alert | string {
  if (!isRecord(entry)) return `: expected an object; got ${shown(entry)}`;
  const { status, labels, startsAt, fingerprint } = entry;
  if (status !== 'firing' && status !== 'resolved') {
    return `.status: expected firing or resolved; got ${shown(status)}`;
  }
  const read = parseLabels(labels);
  if (read === undefined) return `.labels: expected an object of texts; got ${shown(labels)}`;
  const size = sizeOf(read);
  if (size > LARGEST_LABELS) {
    return `.labels: expected at most ${LARGEST_LABELS} characters in all names and values; got ${size}`;
  }
  const start = parseTime(startsAt);
  if (start === undefined) {
    return `.startsAt: expected a time such as 2026-01-31T12:00:00Z; got ${shown(startsAt)}`;
  }
  if (typeof fingerprint !== 'string' || !/^[0-9a-f]{1,64}$/.test(fingerprint)) {
    return `.fingerprint: expected hexadecimal digits; got ${shown(fingerprint)}`;
  }
  return { status, labels: read, startsAt: start, fingerprint };
}

/**
 * Names and values of an alert's labels together, in characters.
 *
 * Each of them stands in the ledger and the log several times, and what is longer than a line may be is never told.
 */
const LARGEST_LABELS = 65_536;

function sizeOf(labels: ReadonlyMap<string, string>): number {
  let size = 0;
  for (const [name, value] of labels) size += name.length + value.length;
  return size;
}

/** RFC 3339: `Date` alone would make 2001 of "soon 1". */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

function parseTime(text: unknown): Date | undefined {
  if (typeof text !== 'string' || !TIME.test(text)) return undefined;
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

/** Labels as a map: a label called `__proto__` is a label like any other. */
function parseLabels(labels: unknown): ReadonlyMap<string, string> | undefined {
  if (!isRecord(labels)) return undefined;
  const entries = Object.entries(labels);
  return entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')
    ? new Map(entries)
    : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function problem(text: string): ParsedPayload {
  return { ok: false, problem: text };
}

/** At most a few words of whatever was sent. */
function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  try {
    return JSON.stringify(value).slice(0, 60);
  } catch {
    // JSON.parse takes any depth, JSON.stringify does not.
    return 'something nested too deeply';
  }
}
