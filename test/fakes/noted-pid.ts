import { existsSync, readFileSync } from 'node:fs';
import { waitFor } from '../lab/wait.ts';

/** The number that a program has written to a file, as soon as it has. */
export function notedPid(file: string): Promise<number> {
  return waitFor(
    'it has written its number',
    () => (existsSync(file) && Number(readFileSync(file, 'utf8'))) || undefined,
  );
}
