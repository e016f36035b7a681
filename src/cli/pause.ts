import { userInfo } from 'node:os';
import { parseDuration } from '../config/duration.ts';
import type { Pause } from '../domain/circumstances.ts';
import { isLocked } from '../host/files/file-lock.ts';
import { lookAt } from '../host/files/look-at.ts';
import { readPause, writePause } from '../host/pause-file.ts';
import type { Command } from './arguments.ts';
import { EXIT } from './exit.ts';
import { type PausePlace, placeOfPause, tellFailure } from './pause/place.ts';
import { pauseWords } from './pause/words.ts';
import { plainText } from './plain-text.ts';
import { tell } from './terminal.ts';

type PauseCommand = Extract<Command, { kind: 'pause' }>;

/** Ten years, as in a configuration. */
const LONGEST_SECONDS = 520 * 604_800;

/** Has the remediator begin nothing new for a while, or until it is resumed; gives the exit code. */
export async function pause({ lasts, reason, configFile }: PauseCommand): Promise<number> {
  const seconds = lasts === undefined ? undefined : parseDuration(lasts);
  if (lasts !== undefined && !(seconds !== undefined && seconds > 0 && seconds <= LONGEST_SECONDS)) {
    tell(`--for: expected a duration such as 30m or 2h, of at most 520w; got ${lasts}`);
    return EXIT.usage;
  }
  const place = await placeOfPause(configFile);
  if (place === undefined) return EXIT.usage;
  if (!place.isChosen && !(await isThere(place.ledger))) {
    tell(nobodyLooks(place));
    return EXIT.failure;
  }
  const since = new Date();
  const until = seconds === undefined ? undefined : new Date(since.getTime() + seconds * 1000);
  return await write(place, { since, until, reason, by: whoAsks() });
}

async function write(place: PausePlace, next: Pause): Promise<number> {
  const before = await readPause(place.path, next.since);
  try {
    await writePause(place.path, next);
  } catch (thrown) {
    return await tellFailure('pause', place.path, thrown);
  }
  const replaced = before.known
    ? before.value && `It replaces the pause ${pauseWords(before.value)}`
    : `It replaces a file that could not be read as a pause: ${before.why}`;
  const seen = await whoSees(place.ledger);
  say([
    `Paused ${pauseWords(next)}`,
    'The step under way is finished. No further step is begun, and nothing is put back, until the pause ends.',
    next.until === undefined
      ? 'It has no end: end it with fettle resume'
      : 'It ends by itself then, or with: fettle resume',
    ...(seen === undefined ? [] : [seen]),
    ...(replaced === undefined ? [] : [replaced]),
    `The pause is kept in ${place.path}`,
  ]);
  await warnOfOtherPlace(place);
  return EXIT.ok;
}

/** A pause in a place where no remediator looks would be worse than none. */
async function warnOfOtherPlace({ ledger }: PausePlace): Promise<void> {
  if (await isThere(ledger)) return;
  tell(
    `WARNING: there is no ledger at ${ledger}, so perhaps no remediator looks there: ` +
      'give --config as fettle serve has it, or its STATE_DIRECTORY',
  );
}

/** One that may not be looked at is there as far as anybody knows. */
async function isThere(ledger: string): Promise<boolean> {
  return await lookAt(ledger).then(
    ({ kind }) => kind !== 'missing',
    () => true,
  );
}

function nobodyLooks({ ledger }: PausePlace): string {
  return (
    `not paused: there is no ledger at ${ledger}, so no remediator looks there. Run it as root, or as the user that ` +
    'fettle runs as, or give --config as fettle serve has it, or its STATE_DIRECTORY'
  );
}

/** Whether a fettle runs that heeds the pause; undefined where that cannot be known. */
async function whoSees(ledger: string): Promise<string | undefined> {
  if (process.platform !== 'linux') return undefined;
  try {
    return (await isLocked(ledger))
      ? 'A fettle runs with that ledger, and sees it from now on.'
      : 'No fettle was found running with that ledger: one sees it when it starts.';
  } catch {
    return undefined;
  }
}

function say(lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${plainText(line)}\n`).join(''));
}

/** Who is behind sudo, if anybody is. */
function whoAsks(): string {
  const asked = process.env['SUDO_USER'];
  if (asked !== undefined && asked !== '') return asked;
  try {
    return userInfo().username;
  } catch {
    // A user without an entry in passwd(5).
    return String(process.getuid?.() ?? '');
  }
}
