import { once } from 'node:events';
import { knownUserUnits, showMessages, usersByNumber } from '../app/logs.ts';
import { Failure, messageOf } from '../domain/errors.ts';
import type { JournalMessage, JournalQuestion } from '../domain/journal.ts';
import type { Command } from './arguments.ts';
import { EXIT } from './exit.ts';
import { messageJson, messageLine } from './logs/line.ts';
import { askedBy } from './logs/question.ts';
import { hasColours, stopSignal, tell } from './terminal.ts';
import { compileGlob, isGlob } from './units/pattern.ts';

type LogsCommand = Extract<Command, { kind: 'logs' }>;

const NOT_ALLOWED =
  'only root and members of the group systemd-journal may read it: sudo usermod -aG systemd-journal USER';

/** Shows messages of units, and gives the exit code. */
export async function logs(command: LogsCommand): Promise<number> {
  const names = usersByNumber();
  const numbers = async () => new Map([...(await names)].map(([uid, name]) => [name, uid]));
  let asked: JournalQuestion;
  try {
    asked = await askedBy(command, new Date(), numbers);
  } catch (thrown) {
    tell(messageOf(thrown));
    return EXIT.usage;
  }
  const stop = stopSignal();
  try {
    const question = await withoutUserGlobs(asked, stop);
    if (question.units.length === 0) return none(command.units);
    const users = await names;
    return await show(question, command, (uid) => users.get(uid) ?? String(uid), stop);
  } catch (thrown) {
    const advice = thrown instanceof Failure && thrown.code === 'refused' ? `; ${NOT_ALLOWED}` : '';
    tell(`the journal cannot be read: ${messageOf(thrown)}${advice}`);
    return EXIT.failure;
  }
}

async function show(
  question: JournalQuestion,
  command: LogsCommand,
  userName: (uid: number) => string,
  stop: AbortSignal,
): Promise<number> {
  const style = { colours: hasColours(), units: question.units.length > 1 || question.units.some(isGlob) };
  const lineOf = (message: JournalMessage) =>
    command.json ? messageJson(message, userName) : messageLine(message, style);
  const write = async (messages: readonly JournalMessage[]) => {
    if (stop.aborted) return;
    const text = messages.map((message) => `${lineOf(message)}\n`).join('');
    // Who reads slowly, as a pager does, is waited for.
    if (!process.stdout.write(text)) await Promise.race([once(process.stdout, 'drain'), once(stop, 'abort')]);
  };
  const { messages, tooLong, isPartial } = await showMessages(question, write, stop);
  if (stop.aborted) return EXIT.ok;
  if (tooLong > 0) tell(`${tooLong} messages of more than 4 MiB were left out`);
  if (isPartial) tell(`there may be more than is shown: ${NOT_ALLOWED}`);
  if (messages === 0) return none(command.units);
  if (!question.follow) return EXIT.ok;
  tell('journalctl has ended, and nothing more is shown');
  return EXIT.failure;
}

function none(units: readonly string[]): number {
  tell(
    `no such messages of ${units.join(', ')}; see fettle units for names, or widen --since and --priority`,
  );
  return EXIT.failure;
}

/** journalctl knows globs of the system's units only. */
async function withoutUserGlobs(question: JournalQuestion, stop: AbortSignal): Promise<JournalQuestion> {
  const { units, user } = question;
  if (user === undefined || !units.some(isGlob)) return question;
  const known = await knownUserUnits(stop);
  const found = units.flatMap((unit) => (isGlob(unit) ? known.filter(compileGlob(unit)) : [unit]));
  return { ...question, units: [...new Set(found)].slice(0, MOST_USER_UNITS) };
}

/** Each is five arguments of journalctl. */
const MOST_USER_UNITS = 1000;
