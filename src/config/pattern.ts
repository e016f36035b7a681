import { RE2JS } from 're2js';
import * as z from 'zod';
import { messageOf } from '../domain/errors.ts';

/** Whether a text fits a pattern as a whole. */
export type TextTest = (text: string) => boolean;

/** A test that has what it was made of, by which two of them can be compared; functions alone tell nothing. */
export type WrittenTest = TextTest & { readonly written: string };

/** A test with what it was made of, whichever words those are. */
export function writtenTest(written: string, test: TextTest): WrittenTest {
  return Object.assign((text: string) => test(text), { written });
}

/** Whether a text is wanted: what is included, less what is excluded. */
export function wantedTest(include: WrittenTest, exclude: WrittenTest): WrittenTest {
  const written = JSON.stringify([include.written, exclude.written]);
  return writtenTest(written, (text) => include(text) && !exclude(text));
}

/** Whether a text does not fit. */
export function unwantedTest(exclude: WrittenTest): WrittenTest {
  return writtenTest(exclude.written, (text) => !exclude(text));
}

/**
 * A pattern in RE2's syntax, anchored at both ends as Prometheus does it.
 *
 * RE2 needs time in proportion to the text, whatever the pattern: labels and unit names come from outside.
 * Throws an Error that says what is wrong with the pattern.
 */
export function compilePattern(pattern: string): WrittenTest {
  const compiled = RE2JS.compile(pattern);
  return writtenTest(pattern, (text) => compiled.matches(text));
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
