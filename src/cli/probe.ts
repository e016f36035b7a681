import { askProbe } from '../app/ask-probe.ts';
import { messageOf } from '../domain/errors.ts';
import type { ProbePlan } from '../domain/probes/plan.ts';
import type { Command } from './arguments.ts';
import { readConfig } from './check.ts';
import { EXIT } from './exit.ts';
import { answerJson, answerLines, planLines, plansJson } from './probe/words.ts';
import { stopSignal, tell, tellProblems } from './terminal.ts';

type ProbeCommand = Extract<Command, { kind: 'probe' }>;

/** Where deploy/README.md has it. */
const USUAL_CONFIG = '/etc/fettle/fettle.yml';

/** Asks a probe once, or tells which ones there are; gives the exit code. */
export async function probe({ name, configFile = USUAL_CONFIG, json }: ProbeCommand): Promise<number> {
  const read = await plansOf(configFile);
  if ('problems' in read) {
    tellProblems(read.problems);
    return EXIT.usage;
  }
  if (name === undefined) {
    write(json ? [plansJson(read.plans)] : planLines(read.plans));
    return EXIT.ok;
  }
  const plan = read.plans.find((one) => one.name === name);
  if (plan !== undefined) return await ask(plan, read.procfs, json);
  const names = read.plans.map((one) => one.name).join(', ');
  tell(`there is no probe ${name} in ${configFile}; there ${names === '' ? 'are none' : `are ${names}`}`);
  return EXIT.usage;
}

type Plans =
  | { readonly plans: readonly ProbePlan[]; readonly procfs: string }
  | { readonly problems: readonly string[] };

async function plansOf(file: string): Promise<Plans> {
  try {
    const read = await readConfig(file);
    return read.ok ? { plans: read.config.probes, procfs: read.config.exporter.procfs } : read;
  } catch (thrown) {
    return { problems: [messageOf(thrown)] };
  }
}

async function ask(plan: ProbePlan, procfs: string, json: boolean): Promise<number> {
  const stop = stopSignal();
  const begun = performance.now();
  try {
    const outcome = await askProbe(plan, procfs, stop);
    const answer = { plan, outcome, durationSeconds: (performance.now() - begun) / 1000 };
    write(json ? [answerJson(answer)] : answerLines(answer));
    return outcome.failure === undefined ? EXIT.ok : EXIT.failure;
  } catch (thrown) {
    if (!stop.aborted) throw thrown;
    return EXIT.failure;
  }
}

function write(lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}
