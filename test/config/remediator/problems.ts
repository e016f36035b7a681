import { formatProblem } from '../../../src/config/explain.ts';
import { loadConfig } from '../../../src/config/load.ts';
import type { Policy, PolicySet } from '../../../src/domain/policy.ts';
import type { Step } from '../../../src/domain/step.ts';

/** The problems of a text as a person sees them; none if it is in order. */
export function problemsOf(text: string): readonly string[] {
  const loaded = loadConfig(text);
  return loaded.ok ? [] : loaded.problems.map((problem) => formatProblem('f.yml', problem));
}

/** The policies of a text that is in order. */
export function policySetOf(text: string): PolicySet {
  const loaded = loadConfig(text);
  if (!loaded.ok) throw new Error(problemsOf(text).join('\n'));
  return loaded.config.remediator.policySet;
}

/** A configuration with one policy about `a.service`, to which keys are added in column 7 from line 6 on. */
export function withPolicy(keys: string): string {
  const all = `name: a\nwhen: [alertname = "Down"]\nallow: [a.service]\n${keys.trim()}`;
  return `remediator:\n  policies:\n    - ${all.replaceAll('\n', '\n      ')}\n`;
}

/** The one policy of that configuration. */
export function policyWith(keys: string): Policy {
  const [policy] = policySetOf(withPolicy(keys)).policies;
  if (policy === undefined) throw new Error('no policy');
  return policy;
}

/** Its steps, written in YAML's flow style. */
export function stepsOf(steps: string): readonly Step[] {
  return policyWith(`steps: ${steps}`).steps;
}
