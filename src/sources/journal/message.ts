import { JOURNAL_PRIORITIES, type JournalMessage } from '../../domain/journal.ts';
import { type JournalPlace, parseCursor } from './cursor.ts';
import { numberOf, parseFields, priorityOf, secondsOf, textOf, unitOf, wordOf } from './fields.ts';

/** A message and where it stands. */
export interface PlacedMessage {
  readonly message: JournalMessage;
  readonly place: JournalPlace | undefined;
}

/** The fields that journalctl has to be asked for. */
export const MESSAGE_FIELDS = 'MESSAGE,PRIORITY,SYSLOG_IDENTIFIER,_PID,_SYSTEMD_UNIT,_SYSTEMD_USER_UNIT';

/** One line of `journalctl -o json --all`; undefined for what is none. */
export function parseMessage(line: string): PlacedMessage | undefined {
  const fields = parseFields(line);
  const seconds = fields && secondsOf(fields);
  if (fields === undefined || seconds === undefined) return undefined;
  const priority = priorityOf(fields);
  const message = {
    seconds,
    ...unitOf(fields),
    priority: priority === undefined ? undefined : JOURNAL_PRIORITIES[priority],
    identifier: wordOf(fields['SYSLOG_IDENTIFIER']),
    pid: numberOf(fields['_PID']),
    text: textOf(fields['MESSAGE']),
  };
  return { message, place: parseCursor(wordOf(fields['__CURSOR'])) };
}
