import { RE2JS } from 're2js';
import * as z from 'zod';
import { messageOf } from '../domain/errors.ts';
import { JOURNAL_PRIORITIES, type JournalRule } from '../domain/journal.ts';
import { isUnitName } from '../domain/unit.ts';
import { writtenTest } from './pattern.ts';

/** One message is looked at for all patterns at a stretch, of which each may take 0.6 ms. */
const MOST_PATTERNS = 32;

const UNIT = 'expected a unit name with its type, in which * stands for any text, such as comfyui@*';

const unit = z
  .string({ error: UNIT })
  .regex(/^[A-Za-z0-9:_.\\@*-]+$/, { error: UNIT })
  // Without a star it must fit as a whole, and no unit is called comfyui.
  .refine((name) => name.includes('*') || isUnitName(name), { error: UNIT });

/** A pattern that may be found anywhere; RE2 needs time in proportion to the text, whatever the pattern. */
const search = z
  .string({ error: 'expected a regular expression (RE2), such as "failed to load model"' })
  .min(1, { error: 'expected a regular expression (RE2); an empty one would be found in every message' })
  .transform((expression, context): Pick<JournalRule, 'expression' | 'finds'> => {
    try {
      const compiled = RE2JS.compile(expression);
      return { expression, finds: writtenTest(expression, (text) => compiled.test(text)) };
    } catch (thrown) {
      const message = `not a regular expression (RE2): ${messageOf(thrown)}`;
      context.issues.push({ code: 'custom', message, input: expression });
      return z.NEVER;
    }
  });

const NAME = 'expected a name of small letters, digits and _, such as model_load_failures';
const PRIORITY = `expected one of ${JOURNAL_PRIORITIES.join(', ')}`;

const rule = z.strictObject({
  name: z
    .string({ error: NAME })
    .regex(/^[a-z][a-z0-9_]{0,62}$/, { error: NAME })
    .describe('Name in its metrics.'),
  pattern: search.describe('RE2, found anywhere in a message.'),
  units: z
    .array(unit, { error: 'expected a list of unit names' })
    .min(1, { error: 'expected at least one unit; leave units out for messages of all' })
    .optional()
    .describe('Messages of which units; * stands for any text. Left out: of all.'),
  priority: z
    .enum(JOURNAL_PRIORITIES, { error: PRIORITY })
    .optional()
    .describe('Only messages that matter at least so much; left out: all.'),
});

const rules = z
  .array(rule, { error: 'expected a list of patterns, each with a name and a pattern' })
  .max(MOST_PATTERNS, { error: `expected at most ${MOST_PATTERNS} patterns` })
  .check(({ value, issues }) => {
    for (const [index, { name }] of value.entries()) {
      if (value.findIndex((other) => other.name === name) === index) continue;
      const message = `expected a name of its own; ${name} is taken by an earlier pattern`;
      issues.push({ code: 'custom', message, path: [index, 'name'], input: name });
    }
  });

/** The journal in the configuration. */
export const journal = z.strictObject({
  enabled: z
    .boolean({ error: 'expected true or false' })
    .optional()
    .describe('Whether messages are counted; left out: if there are patterns.'),
  patterns: rules.default([]).describe('What to count in messages.'),
});

/** How the journal is counted. */
export interface JournalConfig {
  readonly rules: readonly JournalRule[];
}

/** What was written, in the program's own terms; undefined: the journal is not read. */
export function journalOf({ enabled, patterns }: z.output<typeof journal>): JournalConfig | undefined {
  if (!(enabled ?? patterns.length > 0)) return undefined;
  return {
    rules: patterns.map(({ name, pattern, units = [], priority }) => ({
      name,
      ...pattern,
      units,
      atLeast: priority === undefined ? undefined : JOURNAL_PRIORITIES.indexOf(priority),
    })),
  };
}
