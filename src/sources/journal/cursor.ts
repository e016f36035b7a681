/** A place in the journal. */
export interface JournalPlace {
  readonly cursor: string;
  /** Of the numbers: journald begins a new row of them with a new journal. */
  readonly row: string;
  /** Each message that journald writes has the next one, whatever file it goes to. */
  readonly number: number;
  /** Boot, times and checksum, which a message keeps also where it is copied into another file. */
  readonly identity: string;
}

/** As journalctl writes it and nothing else: what comes from a file goes to a program. */
const CURSOR =
  /^s=([0-9a-f]{32});i=([0-9a-f]{1,13});(b=[0-9a-f]{32};m=[0-9a-f]{1,16};t=[0-9a-f]{1,16};x=[0-9a-f]{1,16})$/;

/** The place that a cursor stands for; undefined for what is none. Source: sd_journal_get_cursor(3). */
export function parseCursor(cursor: string): JournalPlace | undefined {
  const [, row, number, identity] = CURSOR.exec(cursor) ?? [];
  if (row === undefined || number === undefined || identity === undefined) return undefined;
  return { cursor, row, number: Number.parseInt(number, 16), identity };
}

/** Whether both are the same message. */
function isSamePlace(one: JournalPlace, other: JournalPlace): boolean {
  return one.identity === other.identity || (one.row === other.row && one.number === other.number);
}

/** Whether a message was read once `place` was: it is that one, or has a lower number. */
export function isReadBy(message: JournalPlace, place: JournalPlace): boolean {
  return isSamePlace(message, place) || (message.row === place.row && message.number < place.number);
}

/** Whether a message certainly comes after `place`; between rows of numbers nobody knows. */
export function isProvenAfter(message: JournalPlace, place: JournalPlace): boolean {
  return !isSamePlace(message, place) && message.row === place.row && message.number > place.number;
}

/** What lies between one message and the next that was read. */
export type Step =
  /** It is the same message once more. */
  | { readonly kind: 'seen' }
  /** Nothing, as far as anybody can tell. */
  | { readonly kind: 'next' }
  /** Messages that were removed before they were read; `missed` is 0 where nobody can tell how many. */
  | { readonly kind: 'gap'; readonly missed: number }
  /** Numbers that were left out between two rows, which go on side by side or not: perhaps messages, perhaps nothing. */
  | { readonly kind: 'jump' };

/**
 * What lies between `before` and `now`, which was read next.
 *
 * journald of systemd 252 has a row for each file, that of the system and those of users, and one counter for all.
 * `beforeInRow` is the last number that was read of the row of `now`.
 */
export function stepBetween(before: JournalPlace, now: JournalPlace, beforeInRow: number | undefined): Step {
  if (isSamePlace(before, now)) return { kind: 'seen' };
  const goesOn = now.number === before.number + 1 || now.number - 1 === beforeInRow;
  if (goesOn || now.number < before.number) return { kind: 'next' };
  return before.row === now.row ? { kind: 'gap', missed: now.number - before.number - 1 } : { kind: 'jump' };
}

/**
 * What lies between `before` and `now`, with which a reader began that was asked to begin with `before`: that one has
 * been removed, and others perhaps with it.
 */
export function firstStep(before: JournalPlace, now: JournalPlace): Step {
  const step = stepBetween(before, now, undefined);
  const isNumbered = step.kind !== 'jump' && now.number > before.number;
  return step.kind === 'seen' || isNumbered ? step : { kind: 'gap', missed: 0 };
}
