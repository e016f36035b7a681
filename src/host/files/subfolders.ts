import { readdirSync } from 'node:fs';

/** Paths of the folders in a folder of the kernel, which never waits; undefined if they cannot be listed. */
export function subfoldersOf(path: string): readonly string[] | undefined {
  try {
    const entries = readdirSync(path, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => `${path}/${name}`);
  } catch {
    return undefined;
  }
}
