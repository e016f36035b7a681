import { RE2JS } from 're2js';
import * as z from 'zod';
import { messageOf } from '../domain/errors.ts';

/** Whether a text fits a pattern as a whole. */
export type TextTest = (text: string) => boolean;

/**
 * A pattern in RE2's syntax, anchored at both ends as Prometheus does it.
 *
 * RE2 needs time in proportion to the text, whatever the pattern: labels and unit names come from outside.
 * Throws an Error that says what is wrong with the pattern.
 */
export function compilePattern(pattern: string): TextTest {
  const compiled = RE2JS.compile(pattern);
  return (text) => compiled.matches(text);
}

/** A pattern in the configuration; a test in the program. */
export const pattern = z
  .string({ error: 'expected a regular expression (RE2), such as "comfyui@.+"' })
  .transform((text, context) => {
    try {
      return compilePattern(text);
    } catch (thrown) {
      context.issues.push({
        code: 'custom',
        message: `not a regular expression (RE2): ${messageOf(thrown)}`,
        input: text,
      });
      return z.NEVER;
    }
  });
