import { atPointer } from '../../domain/json-pointer.ts';
import { ProbeFault } from '../../domain/probes/fault.ts';
import type { HttpSettings, JsonCheck } from '../../domain/probes/http.ts';
import { SEARCHED_BYTES } from '../../domain/probes/settings.ts';
import { quoted, sizeWords } from './words.ts';

/** Throws ProbeFault `authentication` or `status` if the status is not one that was expected. */
export function judgeStatus(status: number, { expectStatus }: HttpSettings): void {
  if (isExpected(status, expectStatus)) return;
  const ranges = expectStatus.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(', ');
  const words = `expected status ${ranges}, got ${status}`;
  if (status !== 401 && status !== 403) throw new ProbeFault('status', words);
  const mend = 'see whether the token or header file holds what the service wants';
  throw new ProbeFault('authentication', `${words}: ${mend}`);
}

/** Whether a status is one of those. */
export function isExpected(status: number, expected: HttpSettings['expectStatus']): boolean {
  return expected.some(({ from, to }) => from <= status && status <= to);
}

/**
 * Throws ProbeFault `content` if a pattern is not found that should be, or the other way round; `too_large` if what
 * should not be there may be behind the part that is looked at.
 */
export function judgeText(body: Buffer, { bodyMatches, bodyNotMatches }: HttpSettings): void {
  if (bodyMatches === undefined && bodyNotMatches === undefined) return;
  const text = body.toString('utf8', 0, SEARCHED_BYTES);
  const isCut = body.length > SEARCHED_BYTES;
  const part = isCut ? `the first ${sizeWords(SEARCHED_BYTES)} of the body have` : 'the body has';
  if (bodyMatches !== undefined && !bodyMatches.finds(text)) {
    throw new ProbeFault('content', `${part} nothing that fits body_matches: ${bodyMatches.text}`);
  }
  if (bodyNotMatches === undefined) return;
  if (bodyNotMatches.finds(text)) {
    throw new ProbeFault('content', `${part} what fits body_not_matches: ${bodyNotMatches.text}`);
  }
  if (!isCut) return;
  const whole = `the body has ${sizeWords(body.length)}`;
  const most = `body_not_matches looks at the first ${sizeWords(SEARCHED_BYTES)} alone`;
  throw new ProbeFault('too_large', `${whole}, and ${most}; what should not be there may come later`);
}

/** A text as JSON, or why it is none. */
export type ParsedJson = { readonly document: unknown } | { readonly problem: string };

/** Reads JSON. What is wrong with it is not told in its own words: they would quote it. */
export function parseJson(text: string): ParsedJson {
  try {
    return { document: JSON.parse(text) };
  } catch {
    return { problem: text.trim() === '' ? 'the body is empty, not JSON' : 'the body is not JSON' };
  }
}

/** Numbers in a document by their names; true is 1 and false 0. Places without a number are left out. */
export function numbersIn(document: unknown, pointers: HttpSettings['values']): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  for (const [name, pointer] of Object.entries(pointers)) {
    const value = atPointer(document, pointer);
    const number = typeof value === 'boolean' ? Number(value) : value;
    if (typeof number === 'number' && Number.isFinite(number)) numbers.set(name, number);
  }
  return numbers;
}

/**
 * Throws ProbeFault `content` for the first place in a document that does not hold what it should. A text that stands
 * there is told by `note` alone: what a fault says goes to the log, where nothing private belongs.
 */
export function judgeJson(
  document: unknown,
  checks: readonly JsonCheck[],
  note: (text: string) => void,
): void {
  for (const check of checks) {
    const value = atPointer(document, check.pointer);
    const expected = expectation(value, check);
    if (expected === undefined) continue;
    const place = check.pointer === '' ? 'the whole document' : check.pointer;
    if (typeof value === 'string') note(`${place} is ${quoted(value)}`);
    throw new ProbeFault('content', `${place}: expected ${expected}, not ${shown(value)}`);
  }
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'string') return 'another text';
  // Never written out: they may be private, and too deep for JSON.stringify, which JSON.parse is not.
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

/** What was expected, if it is not so. */
function expectation(value: unknown, { equals, min, max, exists }: JsonCheck): string | undefined {
  if (exists !== undefined && exists !== (value !== undefined)) return exists ? 'something' : 'nothing';
  if (equals !== undefined && value !== equals) return JSON.stringify(equals);
  if (min !== undefined && !(typeof value === 'number' && value >= min)) return `a number from ${min} up`;
  if (max !== undefined && !(typeof value === 'number' && value <= max)) return `a number up to ${max}`;
  return undefined;
}
