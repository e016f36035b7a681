import { type JournalPlace, parseCursor } from './cursor.ts';
import { bytesOf, type FieldUnit, parseFields, priorityOf, secondsOf, textOf, unitOf } from './fields.ts';

/** One message of the journal, as far as it is counted. */
export interface JournalEntry extends FieldUnit {
  readonly place: JournalPlace;
  /** Unix time at which journald took it. */
  readonly seconds: number;
  /** 0 to 7; undefined if the message has none. */
  readonly priority: number | undefined;
  /** Of its text. */
  readonly bytes: number;
  readonly text: string;
}

/** The fields that journalctl has to be asked for; the cursor and the times come along. */
export const ENTRY_FIELDS = 'MESSAGE,PRIORITY,_SYSTEMD_UNIT,_SYSTEMD_USER_UNIT';

/** One line of `journalctl -o json --all`; undefined for what is none. */
export function parseEntry(line: string): JournalEntry | undefined {
  const fields = parseFields(line);
  if (fields === undefined) return undefined;
  const cursor = fields['__CURSOR'];
  const place = typeof cursor === 'string' ? parseCursor(cursor) : undefined;
  const seconds = secondsOf(fields);
  if (place === undefined || seconds === undefined) return undefined;
  const message = fields['MESSAGE'];
  return {
    place,
    seconds,
    ...unitOf(fields),
    priority: priorityOf(fields),
    bytes: bytesOf(message),
    text: textOf(message),
  };
}
