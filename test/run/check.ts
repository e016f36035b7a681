import { spawn } from 'node:child_process';
import { ruleCounts } from '../alerts/rule-files.ts';
import { checkConfigs } from '../lab/check-configs.ts';
import { repository } from '../lab/unpack.ts';

/** What one check has found. */
export interface CheckResult {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** What it said; shown whole when something failed. Empty when it has been on the terminal already. */
  readonly output: string;
  /** Each failed test with its error, told once more at the very end: a log is often kept by its last lines only. */
  readonly failures?: readonly string[];
}

/** One line of the final table. */
export interface Check {
  readonly name: string;
  run(): Promise<CheckResult>;
}

/** A check that is one npm script of ours: passed when it exits with 0 within 5 minutes. */
export function scriptCheck(name: string, script: string, ...options: readonly string[]): Check {
  return { name, run: () => runScript(script, options) };
}

/** Rules and configurations, by promtool and amtool; each file counts. */
export const rulesCheck: Check = {
  name: 'rules',
  async run() {
    const results = await checkConfigs();
    const bad = results.filter(({ ok }) => !ok);
    return {
      passed: results.length - bad.length,
      failed: bad.length,
      skipped: 0,
      output:
        bad.length === 0 ? ruleCounts() : bad.map(({ file, output }) => `${file}:\n${output}`).join('\n'),
    };
  },
};

async function runScript(script: string, options: readonly string[]): Promise<CheckResult> {
  const child = spawn('npm', ['run', '-s', script, '--', ...options], {
    cwd: repository,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 300_000,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  const ok = code === 0;
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0, output: output.trim() };
}
