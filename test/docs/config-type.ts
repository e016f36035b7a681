import * as z from 'zod';
import { duration } from '../../src/config/duration.ts';
import type { JsonSchema } from '../../src/config/json-schema.ts';
import { absolutePath } from '../../src/config/path.ts';
import { size } from '../../src/config/probes/parts.ts';
import { codeCell } from './markdown-cell.ts';

/** Texts of which the schema knows more than that they are texts, by the pattern that they must fit. */
const KINDS: ReadonlyMap<string | undefined, string> = new Map([
  [patternOf(duration), 'duration'],
  [patternOf(absolutePath), 'absolute path'],
]);

/** A size is a number or a text, which no other part is that has these limits. */
const SIZE = JSON.stringify(z.toJSONSchema(size, { io: 'input' }).anyOf);

const WORDS: Readonly<Record<string, string>> = {
  boolean: 'true or false',
  null: 'nothing',
  number: 'number',
  object: 'map',
  string: 'text',
};

/** What may stand in a place of the configuration, in words. */
export function typeWords(part: JsonSchema): string {
  if (part.enum !== undefined) return choiceOf(part.enum.map((value) => codeCell(String(value))));
  if (part.const !== undefined) return codeCell(String(part.const));
  if (JSON.stringify(part.anyOf) === SIZE) return 'size';
  if (part.anyOf !== undefined) return choiceOf(part.anyOf.map(typeWords));
  if (part.type === 'integer') return `whole number${rangeOf(part)}`;
  if (part.type === 'array') return listWords(part);
  if (part.type === 'object' && part.properties === undefined) return 'map of texts';
  if (Array.isArray(part.type)) return choiceOf(part.type.map((type) => WORDS[type] ?? type));
  const { pattern } = part;
  return (pattern === undefined ? undefined : KINDS.get(pattern)) ?? WORDS[String(part.type)] ?? 'anything';
}

function listWords({ items }: JsonSchema): string {
  if (typeof items !== 'object' || Array.isArray(items)) return 'list of texts';
  const one = typeWords(items);
  return /^(?:map|text|duration)$/.test(one) ? `list of ${one}s` : `list: ${one}`;
}

function rangeOf({ minimum, maximum }: JsonSchema): string {
  const from = minimum === undefined || minimum === Number.MIN_SAFE_INTEGER ? undefined : minimum;
  const to = maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (from === undefined) return to === undefined ? '' : ` to ${to}`;
  return to === undefined ? ` from ${from}` : ` from ${from} to ${to}`;
}

/** Each once, with "or" before the last one. */
function choiceOf(all: readonly string[]): string {
  const each = [...new Set(all)];
  return each.length < 2 ? each.join('') : `${each.slice(0, -1).join(', ')} or ${each.at(-1)}`;
}

function patternOf(schema: z.ZodType): string | undefined {
  return z.toJSONSchema(schema, { io: 'input' }).pattern;
}
