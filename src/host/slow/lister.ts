import { Failure } from '../../domain/errors.ts';
import { isUnanswered } from './outcome.ts';
import type { SlowFiles } from './slow-files.ts';

/**
 * Gives a way to list a folder of sysfs: none where there is no such folder.
 *
 * While what hangs has all places, it is as it was: so it can still be told that it does. Throws Failure
 * `unreadable` for what is there and cannot be listed, and `timeout` if it never could be.
 */
export function createLister(folder: string): (files: SlowFiles) => Promise<readonly string[]> {
  let last: readonly string[] | undefined;
  return async (files) => {
    const listed = await files.list(folder);
    if ('error' in listed) {
      if (listed.error === 'ENOENT' || listed.error === 'ENOTDIR') last = [];
      else if (!isUnanswered(listed)) throw new Failure('unreadable', `reading ${folder}: ${listed.error}`);
      else if (last === undefined) throw new Failure('timeout', `reading ${folder}: no answer in time`);
      return last;
    }
    last = listed.value;
    return last;
  };
}
