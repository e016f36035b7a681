import { matchesGlob } from '../../domain/glob.ts';
import { PROTECTED_UNITS } from '../../domain/protected-units.ts';
import type { PathProblem } from '../explain.ts';
import { isLoopback, parseListen } from '../listen.ts';
import {
  keyIn,
  type LenientConfig,
  type LenientPolicy,
  type PlacedText,
  readLeniently,
  textsAt,
} from './lenient.ts';

/** What is wrong between settings of the remediator that may be right on their own. `raw` is the whole document. */
export function remediatorProblems(raw: unknown): readonly PathProblem[] {
  const written = readLeniently(raw);
  if (written === undefined) return [];
  const { policies, windows } = written.remediator;
  return [
    ...tokenProblems(written.remediator),
    ...nameProblems('policies', policies),
    ...nameProblems('windows', windows),
    ...probeProblems(
      textsAt(written.remediator.defaults.verify.probe, 'defaults', 'verify', 'probe'),
      written,
    ),
    ...policies.flatMap((policy, index) =>
      [
        ...endProblems(policy),
        ...protectedProblems(policy, written.remediator),
        ...probeProblems(probesOf(policy), written),
      ].map(({ path, ...problem }) => ({ ...problem, path: ['policies', index, ...path] })),
    ),
  ].map(({ path, ...problem }) => ({ ...problem, path: ['remediator', ...path] }));
}

type Remediator = LenientConfig['remediator'];

function tokenProblems({ listen, mode, token_file, policies }: Remediator): readonly PathProblem[] {
  if (token_file !== undefined) return [];
  const missing = (why: string) => [
    { path: ['token_file'], message: `missing: expected a file with a bearer token, which is needed ${why}` },
  ];
  if ([mode, ...policies.map((one) => one.mode)].includes('enforce')) return missing('to enforce a policy');
  const address = parseListen(listen);
  if (address !== undefined && !isLoopback(address)) {
    return missing('to listen on an address that others can reach');
  }
  return [];
}

const WORDS = { policies: 'policy', windows: 'window' } as const;

/** Names that two of a list have, told at the second one. */
function nameProblems(
  section: keyof typeof WORDS,
  all: readonly { readonly name?: string | undefined }[],
): readonly PathProblem[] {
  const seen = new Set<string>();
  return all.flatMap(({ name }, index) => {
    if (name === undefined || !seen.has(name)) {
      if (name !== undefined) seen.add(name);
      return [];
    }
    const message = `expected a name of its own; ${name} is taken by an earlier ${WORDS[section]}`;
    return [{ path: [section, index, 'name'], message }];
  });
}

/** Steps that are never reached. */
function endProblems({ steps }: LenientPolicy): readonly PathProblem[] {
  const end = steps.findIndex((step) => step === GIVE_UP || keyIn(step, GIVE_UP) !== undefined);
  if (end === -1 || end === steps.length - 1) return [];
  const message = `expected nothing after give_up, which is step ${end + 1}: this is never reached; move give_up to the end`;
  return [{ path: ['steps', end + 1], message }];
}

const GIVE_UP = 'give_up';

function protectedProblems(policy: LenientPolicy, { protect }: Remediator): readonly PathProblem[] {
  const patterns = [...PROTECTED_UNITS, ...protect.units.filter((unit) => typeof unit === 'string')];
  return unitsOf(policy).flatMap(({ path, text }) => {
    const hit = patterns.find((one) => matchesGlob(one, text));
    if (hit === undefined) return [];
    return [{ path, message: `expected a unit that may be touched; ${text} is protected by ${hit}` }];
  });
}

/** Every unit that a policy names to be touched. */
function unitsOf({ allow, steps }: LenientPolicy): readonly PlacedText[] {
  return [
    ...textsAt(allow, 'allow'),
    ...steps.flatMap((step, index) => {
      const at = ['steps', index] as const;
      const restart = keyIn(step, 'restart');
      const mode = keyIn(step, 'power_mode');
      return [
        ...textsAt(keyIn(restart, 'also'), ...at, 'restart', 'also'),
        ...textsAt(keyIn(step, 'run'), ...at, 'run'),
        ...textsAt(keyIn(mode, 'unit'), ...at, 'power_mode', 'unit'),
        ...textsAt(keyIn(mode, 'undo'), ...at, 'power_mode', 'undo'),
      ];
    }),
  ];
}

/** Every probe that a policy names. */
function probesOf({ steps, verify }: LenientPolicy): readonly PlacedText[] {
  return [
    ...textsAt(verify.probe, 'verify', 'probe'),
    ...steps.flatMap((step, index) =>
      textsAt(keyIn(step, 'only_if'), 'steps', index, 'only_if').flatMap(({ path, text }) => {
        const name = /probe_success\(([^()]*)\)/.exec(text)?.[1];
        return name === undefined ? [] : [{ path, text: name }];
      }),
    ),
  ];
}

function probeProblems(asked: readonly PlacedText[], { probes }: LenientConfig): readonly PathProblem[] {
  const names = probes.flatMap(({ name }) => (name === undefined ? [] : [name]));
  const there = names.length === 0 ? 'there are none' : `there are ${names.join(', ')}`;
  return asked
    .filter(({ text }) => !names.includes(text))
    .map(({ path, text }) => ({
      path,
      message: `expected the name of a probe in probes: there is no ${text}; ${there}`,
    }));
}
