import { stat } from 'node:fs/promises';
import { absentOrThrow } from './files.ts';

/** Unix seconds at which what is at a path was last changed; undefined if it is not there. Throws Failure `unreadable`. */
export async function modifiedAt(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).mtimeMs / 1000;
  } catch (thrown) {
    return absentOrThrow(thrown, path);
  }
}
