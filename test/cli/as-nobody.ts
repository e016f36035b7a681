import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { findProgram } from '../lab/programs.ts';

/** Runs fettle as the user nobody, with a home and a state folder if they are given; needs root and setpriv. */
export async function asNobody(
  env: { readonly HOME?: string; readonly STATE_DIRECTORY?: string },
  ...words: readonly string[]
) {
  const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
  const fettle = [process.execPath, '--import', import.meta.resolve('tsx'), main, ...words];
  const child = spawn(findProgram('setpriv') ?? '', ['--reuid=65534', '--clear-groups', '--', ...fettle], {
    env: {
      PATH: process.env['PATH'],
      HOME: '/',
      TSX_DISABLE_CACHE: '1',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const [code]: (number | null)[] = await once(child, 'close');
  return { code: code ?? null, ...output };
}
