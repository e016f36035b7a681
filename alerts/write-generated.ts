import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

/**
 * Writes generated files into a folder of the project. With `--check` it writes nothing, names the files that are not
 * what their builders give, and sets the exit code 1 if there are any.
 */
export function writeGenerated(
  folder: string,
  files: Iterable<readonly [name: string, text: string]>,
  command: string,
): void {
  const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
  for (const [name, text] of files) {
    const file = new URL(`../${folder}/${name}`, import.meta.url);
    if (!values.check) {
      writeFileSync(file, text);
      process.stdout.write(`${folder}/${name}: written\n`);
    } else if (textOf(file) !== text) {
      process.stderr.write(`${folder}/${name}: stale; run ${command} and commit the result\n`);
      process.exitCode = 1;
    }
  }
}

function textOf(file: URL): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
