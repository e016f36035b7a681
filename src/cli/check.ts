import type { Config } from '../config/config.ts';
import { formatProblem } from '../config/explain.ts';
import { loadConfig } from '../config/load.ts';
import { hostPort } from '../domain/address.ts';
import { Failure, messageOf } from '../domain/errors.ts';
import { readTextFile } from '../host/files/files.ts';
import { readTokens } from '../host/files/tokens.ts';
import { policyWords } from './check/policy-words.ts';
import { sharedWords } from './check/shared-words.ts';
import { policyWarnings } from './check/warnings.ts';
import { EXIT } from './exit.ts';
import { plainText } from './plain-text.ts';
import { tellProblems } from './terminal.ts';

/** Tells what is wrong with a configuration file, or what its policies may do; gives the exit code. */
export async function check(file: string): Promise<number> {
  try {
    const read = await readConfig(file);
    if (read.ok) {
      const note = await tokenNote(read.config);
      process.stdout.write(`${plainText(file)} is in order.\n${describeConfig(read.config)}${note}`);
      return EXIT.ok;
    }
    tellProblems(read.problems);
  } catch (thrown) {
    tellProblems([messageOf(thrown)]);
  }
  return EXIT.usage;
}

/** A configuration file's content, or its problems, each a line for people. */
export type ReadConfig =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Reads a configuration file. Throws Failure if there is no such file or it cannot be read. */
export async function readConfig(file: string): Promise<ReadConfig> {
  const text = await readTextFile(file);
  if (text === undefined) throw new Failure('not-found', `${file}: there is no such file`);
  const problem = encodingProblem(text);
  if (problem !== undefined) return { ok: false, problems: [`${file}:${problem}`] };
  const loaded = loadConfig(text);
  if (loaded.ok) return loaded;
  return { ok: false, problems: loaded.problems.map((problem) => formatProblem(file, problem)) };
}

/** What stands in a text for bytes that are no UTF-8. */
const REPLACEMENT = '\uFFFD';

/** Where a text was no UTF-8, and what to do; a pattern of such bytes would silently fit nothing. */
function encodingProblem(text: string): string | undefined {
  const before = text.split(REPLACEMENT, 1)[0] ?? '';
  if (before === text) return undefined;
  const lines = before.split('\n');
  return `${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}: not UTF-8; save the file in that encoding`;
}

/** What the policies of a configuration may do, in words, and what is worth a thought about them. */
export function describeConfig({ exporter, remediator, probes }: Config): string {
  const { policySet } = remediator;
  const lines = [
    `exporter on ${hostPort(exporter.listen.host, exporter.listen.port)}`,
    `remediator on ${hostPort(remediator.listen.host, remediator.listen.port)}, ${tokenWords(remediator.tokenFile)}`,
    ...(policySet.policies.length === 0
      ? ['no policies: no alert leads to anything']
      : [...policySet.policies.flatMap(policyWords), ...sharedWords(policySet)]),
    ...(probes.length === 0 ? [] : [`probes ${probes.map(({ name }) => name).join(', ')}`]),
    ...policyWarnings(policySet),
  ];
  return lines.map((line) => `${plainText(line)}\n`).join('');
}

/** A line if the token file would stop `serve` on this machine; the configuration may be meant for another. */
async function tokenNote({ remediator: { tokenFile } }: Config): Promise<string> {
  try {
    if (tokenFile !== undefined) await readTokens(tokenFile);
    return '';
  } catch (thrown) {
    return `${plainText(`note: on this machine serve would stop: ${messageOf(thrown)}`)}\n`;
  }
}

function tokenWords(file: string | undefined): string {
  return file === undefined ? 'open to everybody on this machine' : `with the tokens of ${file}`;
}
