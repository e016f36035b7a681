import { atPointer } from '../../domain/json-pointer.ts';
import { ProbeFault } from '../../domain/probes/fault.ts';
import type { StateSettings, StatusFileSettings } from '../../domain/probes/pidfile.ts';
import { ageOf } from './age.ts';
import type { Findings } from './asking.ts';
import { numbersIn, parseJson } from './http-checks.ts';
import { quoted, timeWords } from './words.ts';

/** A status file as it was read. */
export interface StatusFile {
  readonly text: string;
  readonly modifiedSeconds: number;
}

/**
 * Writes down the numbers of a status file, then throws a ProbeFault if it is not as it should be.
 *
 * Of what the file holds, nothing but the state is told.
 */
export function judgeStatusFile(
  settings: StatusFileSettings,
  { text, modifiedSeconds }: StatusFile,
  nowSeconds: number,
  found: Pick<Findings, 'values' | 'notes'>,
): void {
  const { path, maxAgeSeconds, state, values } = settings;
  const parsed = parseJson(text);
  if ('document' in parsed) tellNumbers(path, values, parsed.document, found);
  if (maxAgeSeconds !== undefined) judgeAge(path, ageOf(path, modifiedSeconds, nowSeconds), maxAgeSeconds);
  if ('problem' in parsed) throw new ProbeFault('content', `${path} holds no JSON`);
  if (state !== undefined) judgeState(path, state, parsed.document);
}

function judgeAge(path: string, age: number, maxAgeSeconds: number): void {
  if (age <= maxAgeSeconds) return;
  const detail = `${path} was written ${timeWords(age)} ago, more than ${timeWords(maxAgeSeconds)}`;
  throw new ProbeFault('stale', `${detail}: the daemon may hang`);
}

function tellNumbers(
  path: string,
  pointers: StatusFileSettings['values'],
  document: unknown,
  { values, notes }: Pick<Findings, 'values' | 'notes'>,
): void {
  const numbers = numbersIn(document, pointers);
  for (const [name, value] of numbers) values.set(name, value);
  const missing = Object.entries(pointers).filter(([name]) => !numbers.has(name));
  for (const [name, pointer] of missing) notes.push(`${path} has no number for ${name} at ${pointer}.`);
}

function judgeState(path: string, { pointer, oneOf }: StateSettings, document: unknown): void {
  const state = atPointer(document, pointer);
  if (typeof state === 'string' && oneOf.includes(state)) return;
  const is = typeof state === 'string' ? quoted(state) : `no text at ${pointer}`;
  throw new ProbeFault('content', `${path} says ${is}; expected ${oneOf.map(quoted).join(' or ')}`);
}
