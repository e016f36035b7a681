/**
 * Writes the dashboards' JSON files. With `--check` it writes nothing, names the files that are not what
 * the builders give, and exits 1 if there are any.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { dashboardFiles } from './files.ts';

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

for (const [name, text] of dashboardFiles()) {
  const file = new URL(name, import.meta.url);
  if (!values.check) {
    writeFileSync(file, text);
    console.log(`dashboards/${name}: written`);
  } else if (textOf(file) !== text) {
    console.error(`dashboards/${name}: stale; run npm run dashboards and commit the result`);
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
