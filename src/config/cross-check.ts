import * as z from 'zod';
import { matchesGlob } from '../domain/glob.ts';
import type { Policy } from '../domain/policy.ts';
import { PROTECTED_UNITS } from '../domain/protected-units.ts';
import type { PathProblem } from './explain.ts';
import { isLoopback, parseListen } from './listen.ts';

/** The few settings that depend on each other, read so leniently that faults elsewhere do not hide them. */
const policy = z.object({
  name: z.unknown().optional(),
  mode: z.unknown().optional(),
  allow: z.array(z.unknown()).catch([]),
});

const remediator = z.object({
  listen: z.string().catch('127.0.0.1:10559'),
  mode: z.unknown().optional(),
  token_file: z.unknown().optional(),
  protect: z.object({ units: z.array(z.unknown()).catch([]) }).catch({ units: [] }),
  policies: z.array(policy.catch({ name: undefined, mode: undefined, allow: [] })).catch([]),
});

const lenient = z.object({ remediator });

type Remediator = z.output<typeof remediator>;

const withNvidia = z.object({
  exporter: z.object({
    gpu: z.object({ nvidia: z.object({ reader: z.unknown(), mode: z.unknown() }) }),
  }),
});

/** What is wrong between settings that may be right on their own. `raw` is the document as plain data. */
export function crossProblems(raw: unknown): readonly PathProblem[] {
  return [...nvidiaProblems(raw), ...remediatorProblems(raw)];
}

function nvidiaProblems(raw: unknown): readonly PathProblem[] {
  const read = withNvidia.safeParse(raw);
  if (!read.success) return [];
  const { reader, mode } = read.data.exporter.gpu.nvidia;
  if (reader !== 'node-nvidia-smi' || mode !== 'stream') return [];
  const message = 'expected spawn: the reader node-nvidia-smi knows no stream; the reader nvidia-smi does';
  return [{ path: ['exporter', 'gpu', 'nvidia', 'mode'], message }];
}

function remediatorProblems(raw: unknown): readonly PathProblem[] {
  const read = lenient.safeParse(raw);
  if (!read.success) return [];
  const { remediator: written } = read.data;
  return [
    ...tokenProblems(written),
    ...written.policies.flatMap((_, index) => [
      ...nameProblems(written, index),
      ...allowProblems(written, index),
    ]),
  ].map(({ path, message }) => ({ path: ['remediator', ...path], message }));
}

/** Waiting times of policies, defaults included, that contradict each other. */
export function impossibleTimes(policies: readonly Policy[]): readonly PathProblem[] {
  return policies.flatMap(({ verify, cooldown }, index) => {
    const at = (key: string, message: string) => [{ path: ['remediator', 'policies', index, key], message }];
    const { holdSeconds, timeoutSeconds } = verify;
    const { baseSeconds, maxSeconds } = cooldown;
    return [
      ...(holdSeconds < timeoutSeconds
        ? []
        : at(
            'verify',
            `expected for (${holdSeconds} s) below timeout (${timeoutSeconds} s); it could never succeed`,
          )),
      ...(baseSeconds <= maxSeconds
        ? []
        : at('cooldown', `expected base (${baseSeconds} s) to be at most max (${maxSeconds} s)`)),
    ];
  });
}

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

function nameProblems({ policies }: Remediator, index: number): readonly PathProblem[] {
  const name = policies[index]?.name;
  if (typeof name !== 'string' || policies.findIndex((other) => other.name === name) === index) return [];
  const message = `expected a name of its own; ${name} is taken by an earlier policy`;
  return [{ path: ['policies', index, 'name'], message }];
}

function allowProblems({ policies, protect }: Remediator, index: number): readonly PathProblem[] {
  const patterns = [...PROTECTED_UNITS, ...protect.units.filter((unit) => typeof unit === 'string')];
  return (policies[index]?.allow ?? []).flatMap((unit, place) => {
    const hit = typeof unit === 'string' ? patterns.find((one) => matchesGlob(one, unit)) : undefined;
    if (hit === undefined) return [];
    const message = `expected a unit that may be touched; ${String(unit)} is protected by ${hit}`;
    return [{ path: ['policies', index, 'allow', place], message }];
  });
}
