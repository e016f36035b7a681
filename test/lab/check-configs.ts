import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { findTools } from './tools.ts';
import { repository } from './unpack.ts';

/** What promtool or amtool say about one file that we ship. */
export interface ConfigCheck {
  /** Relative to the repository. */
  readonly file: string;
  readonly ok: boolean;
  readonly output: string;
}

interface Task {
  readonly file: string;
  readonly argv: readonly string[];
  /** What a good answer contains, where the exit code alone does not tell. */
  readonly expected?: RegExp;
}

/** Has the real promtool and amtool check our alert rules, their tests, and both configurations, file by file. */
export async function checkConfigs(): Promise<readonly ConfigCheck[]> {
  const { promtool, amtool } = await findTools();
  const rules = await filesOf('alerts', '.rules.yml');
  const tests = await filesOf('alerts/tests', '.test.yml');
  const tasks: readonly Task[] = [
    ...rules.map((file) => ({
      file,
      argv: [promtool, 'check', 'rules', '--lint=all', '--lint-fatal', file],
    })),
    ...tests.map((file) => ({ file, argv: [promtool, 'test', 'rules', file] })),
    {
      file: 'deploy/prometheus/prometheus.yml',
      argv: [promtool, 'check', 'config', 'deploy/prometheus/prometheus.yml'],
      // A rule_files pattern that matches nothing is no error to Prometheus, but to us it is.
      expected: new RegExp(`SUCCESS: ${rules.length} rule files found`),
    },
    {
      file: 'deploy/alertmanager/alertmanager.yml',
      argv: [amtool, 'check-config', 'deploy/alertmanager/alertmanager.yml'],
    },
  ];
  // Two at a time, as there are two cores: side by side all of them would be over their limit.
  const waiting = tasks.values();
  const results = await Promise.all([checkEach(waiting), checkEach(waiting)]);
  return results.flat();
}

async function checkEach(tasks: Iterable<Task>): Promise<readonly ConfigCheck[]> {
  const results: ConfigCheck[] = [];
  for (const task of tasks) results.push(await check(task));
  return results;
}

async function filesOf(folder: string, ending: string): Promise<readonly string[]> {
  const names = (await readdir(`${repository}/${folder}`)).filter((name) => name.endsWith(ending));
  if (names.length === 0) throw new Error(`${folder} holds no *${ending}: nothing would be checked`);
  return names.sort().map((name) => `${folder}/${name}`);
}

const execute = promisify(execFile);

async function check({ file, argv: [program = '', ...rest], expected }: Task): Promise<ConfigCheck> {
  try {
    const { stdout, stderr } = await execute(program, rest, { cwd: repository, timeout: 300_000 });
    const output = `${stdout}${stderr}`.trim();
    if (expected === undefined || expected.test(output)) return { file, ok: true, output };
    return { file, ok: false, output: `${output}\nexpected the answer to match ${expected}` };
  } catch (error) {
    const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string };
    return { file, ok: false, output: `${stdout}${stderr}`.trim() || message };
  }
}
