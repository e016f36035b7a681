import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/**
 * A folder of the running test, with these files in it; gone when the test has finished.
 *
 * A concurrent test gives the `onTestFinished` of its own context.
 */
export function tempFolder(
  files: Readonly<Record<string, string>> = {},
  whenFinished: (work: () => void) => void = onTestFinished,
): string {
  const folder = mkdtempSync(join(tmpdir(), 'fettle-test-'));
  whenFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  return folder;
}
