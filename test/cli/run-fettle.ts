import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A fettle that was started as people start it. */
export interface RunningFettle {
  readonly child: ChildProcess;
  /** Resolves once a log line has this message; rejects if fettle ends before. */
  logged(message: string): Promise<Readonly<Record<string, unknown>>>;
  /** Resolves when fettle has ended. */
  readonly ended: Promise<Ended>;
}

/** How fettle ended, and what it had to say. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const MAIN = new URL('../../src/main.ts', import.meta.url).pathname;

/** A file, since fettle may start itself in another folder. */
const TSX = import.meta.resolve('tsx');

/** No system bus, wherever the test runs. */
export const NO_BUS = { DBUS_SYSTEM_BUS_ADDRESS: 'unix:path=/nonexistent/fettle-test-bus' };

/** Starts `fettle WORDS`; killed at the end of the test whose `onTestFinished` is given, if it still runs. */
export function startFettle(
  words: readonly string[],
  onTestFinished: (work: () => void) => void,
  env: Readonly<Record<string, string>> = NO_BUS,
): RunningFettle {
  const child = spawn(process.execPath, ['--import', TSX, MAIN, ...words], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const ended = once(child, 'close').then(([code]: (number | null)[]) => ({ code: code ?? null, ...output }));

  async function logged(message: string): Promise<Readonly<Record<string, unknown>>> {
    for (;;) {
      const found = logLines(output.stderr).find((line) => line['msg'] === message);
      if (found !== undefined) return found;
      const more = once(child.stderr, 'data').then(() => 'more' as const);
      if ((await Promise.race([more, ended])) === 'more') continue;
      throw new Error(`fettle ended before it logged "${message}":\n${output.stderr}`);
    }
  }
  return { child, logged, ended };
}

/** The whole lines of a log in JSON. */
function logLines(stderr: string): readonly Readonly<Record<string, unknown>>[] {
  return stderr
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}
