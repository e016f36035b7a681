import { type Check, type CheckResult, rulesCheck, scriptCheck } from './run/check.ts';
import { vitestCheck } from './run/vitest-check.ts';

interface Finished extends CheckResult {
  readonly name: string;
  readonly seconds: number;
}

/** They say nothing until they are done, so two may run at a time. */
const quietChecks: readonly Check[] = [
  scriptCheck('types', 'typecheck'),
  scriptCheck('lint', 'lint', '--error-on-warnings'),
  scriptCheck('imports', 'imports'),
  scriptCheck('knip', 'knip'),
  scriptCheck('build', 'build'),
  rulesCheck,
];

/** They boot labs and measure time: one after the other, with nothing beside them. */
const testProjects: readonly Check[] = ['unit', 'programs', 'lab', 'e2e'].map(vitestCheck);

const plain = process.stdout.isTTY !== true;
const dim = (text: string): string => (plain ? text : `\u001b[2m${text}\u001b[22m`);
const red = (text: string): string => (plain ? text : `\u001b[31m${text}\u001b[39m`);
const bold = (text: string): string => (plain ? text : `\u001b[1m${text}\u001b[22m`);

process.exitCode = await main(process.argv.slice(2));

async function main(names: readonly string[]): Promise<number> {
  const known = [...quietChecks, ...testProjects].map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    console.error(`no check is called ${unknown.join(', ')}; there are ${known.join(', ')}`);
    return 2;
  }
  const wanted = ({ name }: Check): boolean => names.length === 0 || names.includes(name);
  const quiet = await inPairs(quietChecks.filter(wanted));
  const loud: Finished[] = [];
  for (const check of testProjects.filter(wanted)) {
    loud.push(show(await finish(check)));
  }
  return report([...quiet, ...loud]);
}

/** Each starts when the one two before it is done (there are two cores); shown in their order. */
async function inPairs(checks: readonly Check[]): Promise<readonly Finished[]> {
  const started: Promise<Finished>[] = [];
  for (const [index, check] of checks.entries()) {
    started.push((started[index - 2] ?? Promise.resolve()).then(() => finish(check)));
  }
  const finished: Finished[] = [];
  for (const result of started) finished.push(show(await result));
  return finished;
}

async function finish(check: Check): Promise<Finished> {
  const start = performance.now();
  const result = await check.run().catch(
    (error: unknown): CheckResult => ({
      passed: 0,
      failed: 1,
      skipped: 0,
      output: error instanceof Error ? error.message : String(error),
    }),
  );
  return { ...strict(result), name: check.name, seconds: (performance.now() - start) / 1000 };
}

/** With CI=true nothing may be skipped. */
function strict(result: CheckResult): CheckResult {
  if (process.env['CI'] !== 'true' || result.skipped === 0) return result;
  const output = `${result.output}\nCI=true: ${result.skipped} skipped tests count as failed`.trim();
  return { ...result, failed: result.failed + result.skipped, skipped: 0, output };
}

function show(check: Finished): Finished {
  const { name, seconds, failed, output } = check;
  console.log(`${bold(name)} ${failed > 0 ? red('failed') : 'ok'} ${dim(`${seconds.toFixed(1)} s`)}`);
  if (output !== '') console.log(failed > 0 ? output : dim(output.split('\n').slice(-3).join('\n')));
  return check;
}

function report(checks: readonly Finished[]): number {
  console.log(`\n${dim('check      passed  failed  skipped    time')}`);
  for (const check of checks) console.log(row(check));
  for (const failure of checks.flatMap(({ failures = [] }) => failures)) console.log(`\n${red(failure)}`);
  const sum = (count: 'passed' | 'failed' | 'skipped'): number => checks.reduce((n, c) => n + c[count], 0);
  const failed = sum('failed');
  console.log(`\n${sum('passed')} passed, ${failed} failed, ${sum('skipped')} skipped`);
  return failed > 0 ? 1 : 0;
}

function row({ name, passed, failed, skipped, seconds }: Finished): string {
  const cells = [String(passed).padStart(6), String(failed).padStart(6), String(skipped).padStart(7)];
  const line = `${name.padEnd(10)} ${cells.join('  ')}  ${seconds.toFixed(1).padStart(5)} s`;
  return failed > 0 ? red(line) : line;
}
