import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { repository } from '../lab/unpack.ts';
import type { Check, CheckResult } from './check.ts';

/** The parts of vitest's JSON report that we count. */
interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** Lines of an error that are told once more. */
const errorLines = 25;

/** One project of vitest.config.ts, its tests counted one by one; vitest itself talks to the terminal. */
export function vitestCheck(project: string): Check {
  return { name: project, run: () => runProject(project) };
}

async function runProject(project: string): Promise<CheckResult> {
  const folder = mkdtempSync(`${tmpdir()}/fettle-report-`);
  try {
    const file = `${folder}/report.json`;
    const code = await runVitest(project, file);
    return countTests(readReport(file), code);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function runVitest(project: string, file: string): Promise<number | null> {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const argv = ['run', '--project', project, ...reporters];
  const child = spawn(`${repository}/node_modules/.bin/vitest`, argv, {
    cwd: repository,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
}

/** Without a report vitest did not get as far as a test. */
function readReport(file: string): VitestReport | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as VitestReport;
  } catch {
    return undefined;
  }
}

/**
 * The tests of a report, counted.
 *
 * A file that failed outside its tests (an import, a hook) counts as one failure, and so does an exit code
 * that the report does not explain (an unhandled rejection).
 */
export function countTests(report: VitestReport | undefined, exitCode: number | null): CheckResult {
  if (report === undefined) {
    return { passed: 0, failed: 1, skipped: 0, output: `vitest ended with ${exitCode} and left no report` };
  }
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && assertionResults.every((assertion) => assertion.status !== 'failed'),
  );
  const failed = report.numFailedTests + brokenFiles.length;
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
    output: '',
    failures: [
      ...brokenFiles.map(({ name, message }) => failure(name, [message])),
      ...report.testResults.flatMap(({ name, assertionResults }) =>
        assertionResults
          .filter(({ status }) => status === 'failed')
          .map(({ fullName, failureMessages }) => failure(`${name}: ${fullName}`, failureMessages)),
      ),
    ],
  };
}

function failure(title: string, messages: readonly string[]): string {
  const lines = messages.join('\n').split('\n').slice(0, errorLines);
  return [title.replace(`${repository}/`, ''), ...lines.map((line) => `  ${line}`)].join('\n');
}
