import { watch } from 'node:fs';

/** Why this user can have no more inotify watches, as in `ENOSPC`; undefined if one more can be had. */
export function watchProblem(path = '/'): string | undefined {
  try {
    const watcher = watch(path, { persistent: false });
    watcher.on('error', () => undefined);
    watcher.close();
    return undefined;
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown);
  }
}
