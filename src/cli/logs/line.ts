import type { JournalMessage, JournalPriority } from '../../domain/journal.ts';
import { plainText } from '../plain-text.ts';
import { printableText } from './printable.ts';

/** How messages are shown. */
export interface LineStyle {
  readonly colours: boolean;
  /** Whether it is said of each message whose it is: needless where all are of one unit. */
  readonly units: boolean;
}

/** Longer messages are cut, with a word of it; `--json` has them whole. */
const LONGEST_TEXT = 16_384;

const RESET = '\u001b[0m';
const COLOUR: Readonly<Partial<Record<JournalPriority, string>>> = {
  emerg: '\u001b[1;31m',
  alert: '\u001b[1;31m',
  crit: '\u001b[1;31m',
  err: '\u001b[31m',
  warning: '\u001b[33m',
  debug: '\u001b[2m',
};

const LONGEST_PRIORITY = 'warning'.length;

/** A message as people read it; further lines of it are indented. */
export function messageLine(message: JournalMessage, { colours, units }: LineStyle): string {
  const { seconds, unit, priority, identifier, pid } = message;
  const who = printableText(`${identifier || '-'}${pid === undefined ? '' : `[${pid}]`}`).replaceAll(
    '\n',
    ' ',
  );
  const word = (priority ?? '-').padEnd(LONGEST_PRIORITY);
  const whose = units && unit !== '' ? `${plainText(unit)} ` : '';
  const text = paint(textOf(message), colours ? priority : undefined);
  return `${localTime(seconds)}  ${paint(word, colours ? priority : undefined)}  ${whose}${who}: ${text}`;
}

/** A message as programs read it: one line of JSON, base units, what is not known left out. */
export function messageJson(message: JournalMessage, userName: (uid: number) => string): string {
  const { seconds, unit, uid, priority, identifier, pid, text } = message;
  const object = {
    timestampSeconds: seconds,
    unit: unit || undefined,
    user: uid === undefined ? undefined : userName(uid),
    priority,
    identifier: identifier || undefined,
    pid,
    message: text,
  };
  // JSON leaves some control characters as they are; they occur in strings only, where their escape means the same.
  return plainText(JSON.stringify(object));
}

function textOf({ text }: JournalMessage): string {
  const more = text.length - LONGEST_TEXT;
  const shown = printableText(more > 0 ? text.slice(0, LONGEST_TEXT) : text).trimEnd();
  const cut = more > 0 ? ` ... (${more} characters more, see --json)` : '';
  return `${shown}${cut}`.replaceAll('\n', '\n    ');
}

function paint(text: string, priority: JournalPriority | undefined): string {
  const colour = priority === undefined ? undefined : COLOUR[priority];
  return colour === undefined ? text : `${colour}${text}${RESET}`;
}

/** As in `2026-11-21 18:01:02.123`, in this machine's time zone. */
function localTime(seconds: number): string {
  const time = new Date(Math.round(seconds * 1000));
  const two = (number: number) => String(number).padStart(2, '0');
  const date = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-');
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':');
  return `${date} ${clock}.${String(time.getMilliseconds()).padStart(3, '0')}`;
}
