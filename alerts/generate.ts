/**
 * Writes the rule files. With `--check` it writes nothing, names the files that are not what src/rules gives, and
 * exits 1 if there are any.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ruleFiles } from '../src/rules/files.ts';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

for (const [name, text] of ruleFiles()) {
  const file = new URL(name, import.meta.url);
  if (!values.check) {
    writeFileSync(file, text);
    console.log(`alerts/${name}: written`);
  } else if (textOf(file) !== text) {
    console.error(`alerts/${name}: stale; run npm run rules and commit the result`);
    process.exitCode = 1;
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
