import * as z from 'zod';
import { messageOf } from '../domain/errors.ts';
import type { Matcher } from '../domain/policy.ts';
import { compilePattern, type TextTest } from './pattern.ts';

const EXPECTED = 'expected an Alertmanager matcher such as alertname = "UnitFailed" or unit =~ "comfyui@.+"';

const MATCHER = /^\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*(.*?)\s*$/s;

const QUOTED = /^"((?:[^"\\]|\\.)*)"$/s;

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', '"': '"', '\\': '\\' };

/**
 * A condition on a label in Alertmanager's syntax: `name = "value"`, `!=`, `=~` and `!~`.
 *
 * In quotes, `\"`, `\\` and `\n` stand for a quote, a backslash and a newline; another backslash stands for
 * itself, so that `"vllm@.+\.service"` need not be written with two. Throws an Error that says what is wrong.
 */
export function parseMatcher(text: string): Matcher {
  const { label, operator, value } = splitMatcher(text);
  return { label, text: text.trim(), matches: testOf(operator, value) };
}

/** The only value that a matcher takes; undefined if it may take several. */
export function onlyValue({ text }: Matcher): string | undefined {
  const { operator, value } = splitMatcher(text);
  return operator === '=' ? value : undefined;
}

/** A matcher in its parts. */
interface MatcherParts {
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  /** Without its quotes. */
  readonly value: string;
}

/** The parts of a matcher; throws as `parseMatcher` does. */
export function splitMatcher(text: string): MatcherParts {
  const [, label, operator, written] = MATCHER.exec(text) ?? [];
  if (label === undefined || !isOperator(operator) || written === undefined) throw new Error(EXPECTED);
  if (operator === '=' && written.startsWith('=')) throw new Error(`${EXPECTED}, with one =`);
  return { label, operator, value: unquoted(written) };
}

const OPERATORS = ['=', '!=', '=~', '!~'] as const;

function isOperator(text: string | undefined): text is MatcherParts['operator'] {
  return OPERATORS.some((operator) => operator === text);
}

function unquoted(written: string): string {
  const quoted = QUOTED.exec(written)?.[1];
  if (quoted !== undefined) {
    return quoted.replace(/\\(.)/gs, (both, escaped: string) => ESCAPES[escaped] ?? both);
  }
  if (written === '' || /["{},\s]/.test(written))
    throw new Error(`${EXPECTED}; put the value in double quotes`);
  return written;
}

function testOf(operator: string, value: string): TextTest {
  switch (operator) {
    case '=':
      return (text) => text === value;
    case '!=':
      return (text) => text !== value;
    case '=~':
      return compilePattern(value);
    default: {
      const matches = compilePattern(value);
      return (text) => !matches(text);
    }
  }
}

/** A map of labels in the way in which matchers are written; undefined if it is none. */
export function asMatcher(written: unknown): string | undefined {
  const read = z.record(z.string(), z.string()).safeParse(written);
  if (!read.success || Object.keys(read.data).length === 0) return undefined;
  return Object.entries(read.data)
    .map(([label, value]) => `${label} = ${JSON.stringify(value)}`)
    .join(' and - ');
}

/** A matcher in the configuration. */
export const matcher = z
  .string({
    error: ({ input }) => {
      const meant = asMatcher(input);
      return meant === undefined ? EXPECTED : `${EXPECTED}; write it as - ${meant}`;
    },
  })
  .transform((text, context) => {
    try {
      return parseMatcher(text);
    } catch (thrown) {
      context.issues.push({ code: 'custom', message: messageOf(thrown), input: text });
      return z.NEVER;
    }
  });
