import { Failure } from '../../domain/errors.ts';
import type { JournalMessage, JournalQuestion } from '../../domain/journal.ts';
import { type ChildEnd, type ChildLimits, startChild } from '../../host/programs/child-process.ts';
import type { JournalPlace } from './cursor.ts';
import { isRefusal, type Journalctl, journalctlEnv, readHead, reasonOf } from './journalctl.ts';
import { createLineCutter } from './lines.ts';
import { MESSAGE_FIELDS, type PlacedMessage, parseMessage } from './message.ts';
import { createTwoSteps } from './two-steps.ts';

/** What has become of a question. */
export interface Answered {
  readonly messages: number;
  /** Lines that were too long to be shown. */
  readonly tooLong: number;
  /** Whether there may be more that this user may not see. */
  readonly isPartial: boolean;
}

/** Takes messages, as many as come at once. */
export type OnMessages = (messages: readonly JournalMessage[]) => void | Promise<void>;

/** Room for a message of four million characters; longer ones are left out. */
const LONGEST_LINE = 4 * 1024 * 1024;

/** A journal on a slow disk may be searched for long without a hit. */
const LIMITS: ChildLimits = { timeoutMs: 300_000, killAfterMs: 2000, capBytes: Number.MAX_SAFE_INTEGER };
const FOLLOWING: ChildLimits = { ...LIMITS, timeoutMs: 2 ** 31 - 1 };

/**
 * Asks journalctl for messages, oldest first, and hands them over by the part: no faster than they are taken.
 *
 * Throws Failure: `not-found` without journalctl, `refused` where this user may see nothing, `timeout` after five
 * minutes without a message (what whoever takes them needs does not count), `unreadable` for all else.
 */
export async function readMessages(
  journalctl: Journalctl,
  question: JournalQuestion,
  onMessages: OnMessages,
  signal: AbortSignal,
  limits = LIMITS,
): Promise<Answered> {
  if (!question.follow)
    return await ask(journalctl, pastOf(question), limits, () => true, onMessages, signal);
  // In two steps: `--follow --lines` loses messages that come together where there were none before (systemd 252).
  const head = await readHead(journalctl, signal);
  const from = 'place' in head ? head.place : undefined;
  const steps = createTwoSteps(from);
  const isPast = ({ place }: PlacedMessage) => steps.isPast(place);
  const past = await ask(journalctl, pastOf(question), limits, isPast, onMessages, signal);
  if (signal.aborted) return past;
  const isNew = ({ place }: PlacedMessage) => steps.isNew(place);
  const next = await ask(journalctl, futureOf(question, from), FOLLOWING, isNew, onMessages, signal);
  return {
    messages: past.messages + next.messages,
    tooLong: past.tooLong + next.tooLong,
    isPartial: past.isPartial || next.isPartial,
  };
}

/** The units of users' managers that have written to the journal, as far as this user may see. */
export async function readUserUnits(journalctl: Journalctl, signal: AbortSignal): Promise<readonly string[]> {
  const names: string[] = [];
  const own = ['--no-pager', '--quiet', '--field=_SYSTEMD_USER_UNIT'];
  const onLines = (lines: readonly (string | undefined)[]) => {
    for (const name of lines) if (name !== undefined) names.push(name);
  };
  await run(journalctl, own, LIMITS, onLines, signal);
  return names;
}

async function ask(
  journalctl: Journalctl,
  own: readonly string[],
  limits: ChildLimits,
  isWanted: (one: PlacedMessage) => boolean,
  onMessages: OnMessages,
  signal: AbortSignal,
): Promise<Answered> {
  let messages = 0;
  let tooLong = 0;
  async function onLines(lines: readonly (string | undefined)[]): Promise<void> {
    tooLong += lines.filter((line) => line === undefined).length;
    const found = lines.flatMap((line) => (line === undefined ? [] : (parseMessage(line) ?? [])));
    const wanted = found.filter(isWanted).map(({ message }) => message);
    messages += wanted.length;
    if (wanted.length > 0) await onMessages(wanted);
  }
  const end = await run(journalctl, own, limits, onLines, signal);
  const failure = failureOf(end, messages > 0);
  if (failure !== undefined) throw failure;
  return { messages, tooLong, isPartial: isRefusal(end.stderr) };
}

async function run(
  [path, ...args]: Journalctl,
  own: readonly string[],
  limits: ChildLimits,
  onLines: (lines: readonly (string | undefined)[]) => void | Promise<void>,
  signal: AbortSignal,
): Promise<ChildEnd> {
  const cutter = createLineCutter(LONGEST_LINE);
  const command = { path, args: [...args, ...own], env: journalctlEnv() };
  const child = startChild(command, limits, async (part) => {
    child.progress();
    // A person may read for hours what a pager shows, while journalctl waits to write on.
    const whileWaiting = setInterval(child.progress, limits.timeoutMs / 3);
    try {
      await onLines(cutter.add(part));
    } finally {
      clearInterval(whileWaiting);
      child.progress();
    }
  });
  signal.addEventListener('abort', child.stop, { once: true });
  try {
    return await child.ended;
  } finally {
    signal.removeEventListener('abort', child.stop);
  }
}

function failureOf(end: ChildEnd, hasMessages: boolean): Failure | undefined {
  const { notStarted, exitCode, stopped, stderr } = end;
  if (stopped === 'caller') return undefined;
  if (notStarted !== undefined && 'code' in notStarted && notStarted.code === 'ENOENT') {
    return new Failure('not-found', 'there is no journalctl here: this system has no journal of systemd');
  }
  if (isRefusal(stderr) && !hasMessages) return new Failure('refused', reasonOf(end));
  if (stopped === 'timeout') return new Failure('timeout', 'journalctl found nothing for five minutes');
  // It is an error to journalctl where no unit fits a glob, and none where a unit has no messages.
  const isEmpty = /No data available/.test(stderr);
  return exitCode === 0 || isEmpty ? undefined : new Failure('unreadable', reasonOf(end));
}

function pastOf(question: JournalQuestion): readonly string[] {
  const { lines, sinceSeconds } = question;
  return [
    ...(lines === undefined ? [] : [`--lines=${lines}`]),
    ...(sinceSeconds === undefined ? [] : [`--since=@${sinceSeconds.toFixed(3)}`]),
    ...commonOf(question),
  ];
}

function futureOf(question: JournalQuestion, from: JournalPlace | undefined): readonly string[] {
  const begin = from === undefined ? [] : [`--cursor=${from.cursor}`];
  return ['--follow', '--no-tail', ...begin, ...commonOf(question)];
}

function commonOf({ units, user, atLeast }: JournalQuestion): readonly string[] {
  return [
    '--no-pager',
    '--all',
    '--output=json',
    `--output-fields=${MESSAGE_FIELDS}`,
    ...(atLeast === undefined ? [] : [`--priority=${atLeast}`]),
    ...(user === undefined ? units.map((unit) => `--unit=${unit}`) : userMatches(units, user)),
  ];
}

/** What `--user-unit` would stand for, but for any user: messages of the unit, and the manager's own about it. */
function userMatches(units: readonly string[], uid: number): readonly string[] {
  return units.flatMap((unit, index) => [
    ...(index === 0 ? [] : ['+']),
    `_SYSTEMD_UNIT=user@${uid}.service`,
    `_SYSTEMD_USER_UNIT=${unit}`,
    '+',
    `_UID=${uid}`,
    `USER_UNIT=${unit}`,
  ]);
}
