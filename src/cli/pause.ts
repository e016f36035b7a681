import { userInfo } from 'node:os';
import { parseDuration } from '../config/duration.ts';
import type { Pause } from '../domain/circumstances.ts';
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
  say([
    `Paused ${pauseWords(next)}`,
    'What is being repaired is brought to its end; nothing new begins.',
    next.until === undefined
      ? 'It lasts until: fettle resume'
      : 'It ends by itself then, or with: fettle resume',
    ...(replaced === undefined ? [] : [replaced]),
    `The pause is kept in ${place.path}`,
  ]);
  await warnOfOtherPlace(place);
  return EXIT.ok;
}

/** A pause in a place where no remediator looks would be worse than none. */
async function warnOfOtherPlace({ ledger }: PausePlace): Promise<void> {
  const isThere = await lookAt(ledger).then(
    ({ kind }) => kind !== 'missing',
    () => true,
  );
  if (isThere) return;
  tell(
    `WARNING: there is no ledger at ${ledger}, so perhaps no remediator looks there: ` +
      'give --config as fettle serve has it, or its STATE_DIRECTORY',
  );
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
