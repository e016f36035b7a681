import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';

/** Node's settings, as in the first line of dist/main.js. */
const FLAGS = ['--max-semi-space-size=1'];
const ENV = { ...process.env, MALLOC_ARENA_MAX: '1', MALLOC_TRIM_THRESHOLD_: '131072', NODE_OPTIONS: '' };

const LIMIT_MS = 120_000;

/**
 * Runs a program of the benchmark in a process of its own and gives what it prints.
 *
 * It is compiled as fettle is (build.config.ts), since what loads TypeScript as it is makes functions dearer.
 * `document` is handed to it as a file.
 */
export async function runChild(entry: URL, document: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'fettle-bench-'));
  try {
    const program = join(folder, 'program.mjs');
    await compile(entry, program);
    writeFileSync(join(folder, 'document.xml'), document);
    const argv = [...FLAGS, program, join(folder, 'document.xml')];
    const run = promisify(execFile);
    return (await run(process.execPath, argv, { env: ENV, timeout: LIMIT_MS })).stdout;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Compiles a program, with all that it needs, into one file. */
export async function compile(entry: URL, outfile: string): Promise<void> {
  await build({
    entryPoints: [fileURLToPath(entry)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
    },
    logLevel: 'warning',
  });
}
