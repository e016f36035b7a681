import { type Document, isCollection, isNode, LineCounter, parseDocument, visit, type YAMLError } from 'yaml';
import { messageOf } from '../domain/errors.ts';
import { locate, locateAll, type PathProblem, type Problem } from './explain.ts';

/** A YAML document as plain data, or what is wrong with its syntax. */
export type ReadDocument =
  | {
      readonly ok: true;
      /** An empty text is an empty map. */
      readonly raw: unknown;
      /** The places of problems in the text. */
      readonly locate: (problems: readonly PathProblem[]) => readonly Problem[];
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Reads a text of YAML 1.2, one document, and keeps where everything stands. */
export function readDocument(text: string): ReadDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    // No !!binary, !!set and the like: nothing here is one.
    resolveKnownTags: false,
  });
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) {
    return { ok: false, problems: faults.map((fault) => locate(lines, fault.pos[0], '', faultWords(fault))) };
  }
  const braces = collectionKeys(document);
  if (braces.length > 0) {
    return { ok: false, problems: braces.map((offset) => locate(lines, offset, '', UNQUOTED)) };
  }
  const plain = plainData(document);
  if ('fault' in plain) return { ok: false, problems: [locate(lines, 0, '', plain.fault)] };
  return { ok: true, raw: plain.raw, locate: (problems) => locateAll(problems, document, lines) };
}

/** What the parser says to programmers is told to people. */
function faultWords({ code, message }: YAMLError): string {
  return code === 'MULTIPLE_DOCS'
    ? 'expected one document; remove this line, which begins another one'
    : message;
}

const UNQUOTED =
  'expected a plain key, and not a map or a list; a text that begins with { or [ needs double quotes, as in "{{ labels.unit }}"';

/** Where keys stand that are maps or lists themselves: what a template without quotes is to YAML. */
function collectionKeys(document: Document): readonly number[] {
  const found: number[] = [];
  visit(document, {
    Pair(_, { key }) {
      if (isNode(key) && isCollection(key)) found.push(key.range?.[0] ?? 0);
    },
  });
  return found;
}

/** The document as plain data, unless an alias has no anchor or aliases multiply without end. */
function plainData(document: Document): { readonly raw: unknown } | { readonly fault: string } {
  try {
    return { raw: document.toJS({ maxAliasCount: 100 }) ?? {} };
  } catch (thrown) {
    return { fault: messageOf(thrown) };
  }
}
