import { open } from 'node:fs/promises';
import { absentOrThrow } from './files.ts';

/**
 * The first bytes of a file that may make its reader wait, fewer if it is shorter; undefined where there is none.
 *
 * Throws Failure `unreadable`.
 */
export async function readHead(path: string, bytes: number): Promise<Uint8Array | undefined> {
  try {
    const file = await open(path, 'r');
    try {
      const { bytesRead, buffer } = await file.read(new Uint8Array(bytes), 0, bytes, 0);
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (thrown) {
    return absentOrThrow(thrown, path);
  }
}
