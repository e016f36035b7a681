/** The fields of one message, as journalctl writes them: strings, bytes as numbers, several of either, or null. */
export type JournalFields = Readonly<Record<string, unknown>>;

/** One line of `journalctl -o json`; undefined for what is no object. */
export function parseFields(line: string): JournalFields | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is JournalFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A short text; a field that was given several times counts by its first value. Empty if there is none. */
export function wordOf(value: unknown): string {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first : '';
}

/** A number that is written as a text; undefined for anything else. */
export function numberOf(value: unknown): number | undefined {
  const text = wordOf(value);
  return /^\d{1,16}$/.test(text) ? Number(text) : undefined;
}

/** Unix time of a message; undefined if it has none. */
export function secondsOf(fields: JournalFields): number | undefined {
  const micros = numberOf(fields['__REALTIME_TIMESTAMP']);
  return micros === undefined ? undefined : micros / 1e6;
}

const USER_MANAGER = /^user@(\d{1,10})\.service$/;

/** Whose a message is, as journald says it and not the message: what begins with `_` nobody else can write. */
export interface FieldUnit {
  /** Empty for a message of no unit. */
  readonly unit: string;
  /** Number of the user whose manager has the unit; undefined for the system's. */
  readonly uid: number | undefined;
}

/** The unit of a message: one of a user's manager has the manager's own as that of the system. */
export function unitOf(fields: JournalFields): FieldUnit {
  const unit = wordOf(fields['_SYSTEMD_UNIT']);
  const userUnit = wordOf(fields['_SYSTEMD_USER_UNIT']);
  const uid = userUnit === '' ? undefined : USER_MANAGER.exec(unit)?.[1];
  return uid === undefined ? { unit, uid: undefined } : { unit: userUnit, uid: Number(uid) };
}

/** 0 to 7; undefined if the message has none. */
export function priorityOf(fields: JournalFields): number | undefined {
  const number = numberOf(fields['PRIORITY']);
  return number === undefined || number > 7 ? undefined : number;
}

/**
 * The text of a field: a string, or the bytes of what is no UTF-8 or not printable, or several of either.
 *
 * journalctl writes `null` for what it finds too long; asked for all it does not.
 */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const items = itemsOf(value);
  return isBytes(items) ? Buffer.from(items).toString('utf8') : items.map(textOf).join('\n');
}

/** How many bytes the text of a field has. */
export function bytesOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  const items = itemsOf(value);
  return isBytes(items) ? items.length : items.reduce<number>((sum, one) => sum + bytesOf(one), 0);
}

function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function isBytes(items: readonly unknown[]): items is readonly number[] {
  return typeof items[0] === 'number';
}
