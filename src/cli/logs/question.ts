import { Failure } from '../../domain/errors.ts';
import { JOURNAL_PRIORITIES, type JournalQuestion } from '../../domain/journal.ts';
import type { Command } from '../arguments.ts';
import { isGlob, unitNameOf } from '../units/pattern.ts';
import { parseSince, SINCE_PROBLEM } from './since.ts';

type LogsCommand = Extract<Command, { kind: 'logs' }>;

/** So many without --lines; with --since all since then. */
const USUAL_LINES = 100;
const MOST_LINES = 1_000_000;

const MOST_UNITS = 64;
const LONGEST_NAME = 255;

/** What may stand in a name or a glob. What is sent to journalctl is this, and numbers. */
const UNIT = /^[A-Za-z0-9:_.\\@*?[\]!^-]+$/;

const PRIORITIES: readonly string[] = JOURNAL_PRIORITIES;

/** Words that people use besides systemd's own. */
const OTHER_WORDS = new Map([
  ['error', 3],
  ['warn', 4],
]);

/**
 * What a command line asks for, as far as its words alone tell: units of a user may still be globs.
 *
 * `users` gives the numbers of users by name. Throws Failure `refused` that says what is wrong with the words.
 */
export async function askedBy(
  { units, user, since, priority, lines, follow }: LogsCommand,
  now: Date,
  users: () => Promise<ReadonlyMap<string, number>>,
): Promise<JournalQuestion> {
  const usual = since === undefined ? USUAL_LINES : undefined;
  return {
    units: unitNames(units),
    user: user === undefined ? undefined : await userNumber(user, users),
    sinceSeconds: since === undefined ? undefined : ((await parseSince(since, now)) ?? refuse(SINCE_PROBLEM)),
    atLeast: priority === undefined ? undefined : priorityNumber(priority),
    lines: lines === undefined ? usual : lineNumber(lines),
    follow,
  };
}

function refuse(problem: string): never {
  throw new Failure('refused', problem);
}

function unitNames(words: readonly string[]): readonly string[] {
  if (words.length > MOST_UNITS) return refuse(`expected at most ${MOST_UNITS} units`);
  const stranger = words.find((word) => !UNIT.test(word) || word.length > LONGEST_NAME);
  if (stranger !== undefined) return refuse(`${stranger}: expected a unit or a glob, such as 'comfyui@*'`);
  return words.map((word) => (isGlob(word) ? word : unitNameOf(word)));
}

function priorityNumber(word: string): number {
  if (/^[0-7]$/.test(word)) return Number(word);
  const number = OTHER_WORDS.get(word) ?? PRIORITIES.indexOf(word);
  return number === -1 ? refuse(`--priority: expected one of ${PRIORITIES.join(', ')}, or 0 to 7`) : number;
}

function lineNumber(text: string): number {
  const isNumber = /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= MOST_LINES;
  return isNumber ? Number(text) : refuse(`--lines: expected a number of messages from 1 to ${MOST_LINES}`);
}

async function userNumber(user: string, users: () => Promise<ReadonlyMap<string, number>>): Promise<number> {
  if (/^\d{1,10}$/.test(user)) return Number(user);
  return (await users()).get(user) ?? refuse(`--user: there is no user ${user} here`);
}
