import { UNKNOWN_KEY } from './explain.ts';
import { defaults, policy } from './remediator/policy.ts';
import { remediator } from './remediator/remediator.ts';
import { schema } from './schema.ts';

const POLICY_KEYS = Object.keys(policy.shape);
const DEFAULTS_KEYS = Object.keys(defaults.shape);
const REMEDIATOR_KEYS = Object.keys(remediator.shape);
const EXPORTER_KEYS = Object.keys(schema.shape.exporter.unwrap().shape);
const BESIDE_ACTION = ['wait', 'only_if', 'then'];

/** What is said of a key that is unknown where it stands; one that is known elsewhere is mostly indented wrongly. */
export function unknownKey(path: readonly PropertyKey[], key: string): string {
  const hint = hintFor(path.map((part) => (typeof part === 'number' ? '*' : String(part))).join('.'), key);
  return hint === undefined ? UNKNOWN_KEY : `unknown key here; ${hint}`;
}

function hintFor(place: string, key: string): string | undefined {
  if (place === '') {
    if (REMEDIATOR_KEYS.includes(key)) return `it belongs under remediator`;
    return EXPORTER_KEYS.includes(key) ? 'it belongs under exporter' : undefined;
  }
  if (place === 'remediator') return remediatorHint(key);
  if (place === 'remediator.policies.*') return policyHint(key);
  if (!place.startsWith('remediator.policies.*.steps.*.') || !BESIDE_ACTION.includes(key)) return undefined;
  const action = place.split('.').at(-1) ?? '';
  return `it stands beside ${action}, not in it: indent it as far as ${action}`;
}

function remediatorHint(key: string): string | undefined {
  if (key === 'token') return 'write the token into a file, and name that in token_file';
  if (DEFAULTS_KEYS.includes(key) && key !== 'give_up') {
    return 'it is a key of a policy: indent it as far as its name, or write it under defaults for all policies';
  }
  if (POLICY_KEYS.includes(key)) return 'it is a key of a policy: indent it as far as its name';
  return key === 'give_up' ? 'it stands under defaults, or is the last of the steps of a policy' : undefined;
}

function policyHint(key: string): string | undefined {
  if (key === 'give_up') return 'it is the last one of steps: write - give_up: { hold: 6h } there';
  if (BESIDE_ACTION.includes(key)) return 'it stands beside an action, in one of steps';
  return undefined;
}
