import { readPause, removePause } from '../host/pause-file.ts';
import type { Command } from './arguments.ts';
import { EXIT } from './exit.ts';
import { placeOfPause, tellFailure } from './pause/place.ts';
import { pauseWords } from './pause/words.ts';
import { plainText } from './plain-text.ts';

type ResumeCommand = Extract<Command, { kind: 'resume' }>;

/** Ends the pause, if there is one; gives the exit code. */
export async function resume({ configFile }: ResumeCommand): Promise<number> {
  const place = await placeOfPause(configFile);
  if (place === undefined) return EXIT.usage;
  const before = await readPause(place.path, new Date());
  try {
    const wasThere = await removePause(place.path);
    process.stdout.write(`${plainText(wordsOf(before, wasThere, place.path))}\n`);
    return EXIT.ok;
  } catch (thrown) {
    return await tellFailure('resume', place.path, thrown);
  }
}

function wordsOf(before: Awaited<ReturnType<typeof readPause>>, wasThere: boolean, path: string): string {
  // Perhaps it is the wrong place: of repairs nothing is known then.
  if (!wasThere) return `Not paused: there is no ${path}.`;
  const ended = before.known
    ? before.value === undefined
      ? 'The pause was over already'
      : `Resumed; the pause would have lasted ${pauseWords(before.value)}`
    : `Resumed; what was there could not be read as a pause (${before.why})`;
  return `${ended}. Repairs go on as the policies say.`;
}
