import { opendirSync, readlinkSync } from 'node:fs';
import { absentOrThrow } from './files.ts';

/**
 * What a symbolic link says, as in `socket:[81]` or `/dev/dri/card0`; undefined where there is none.
 *
 * Never touches what the link leads to. Throws Failure `unreadable`.
 */
export function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch (thrown) {
    return absentOrThrow(thrown, path);
  }
}

/**
 * Some names in a folder, at most `limit`; none where there is no such folder.
 *
 * At once, and without listing the rest: a process may have a million files open. Throws Failure `unreadable`.
 */
export function listSome(path: string, limit: number): readonly string[] {
  try {
    const folder = opendirSync(path, { bufferSize: Math.min(limit, 256) });
    try {
      const names: string[] = [];
      while (names.length < limit) {
        const entry = folder.readSync();
        if (entry === null) break;
        names.push(entry.name);
      }
      return names;
    } finally {
      folder.closeSync();
    }
  } catch (thrown) {
    absentOrThrow(thrown, path);
    return [];
  }
}
