import { formatProblem } from '../../../src/config/explain.ts';
import { loadConfig } from '../../../src/config/load.ts';
import type { ProbePlan } from '../../../src/domain/probes/plan.ts';

/** A probe as the configuration has it. Throws what is wrong with it. JSON is YAML. */
export function load(probe: object): ProbePlan {
  const loaded = loadConfig(JSON.stringify({ probes: [probe] }));
  const plan = loaded.ok ? loaded.config.probes[0] : undefined;
  if (plan !== undefined) return plan;
  throw new Error(
    loaded.ok ? 'there is no probe' : loaded.problems.map((one) => formatProblem('f', one)).join('\n'),
  );
}

/** What is wrong with a text, a line a problem. */
export function problemsOf(text: string): readonly string[] {
  const loaded = loadConfig(text);
  return loaded.ok ? [] : loaded.problems.map((problem) => formatProblem('fettle.yml', problem));
}
