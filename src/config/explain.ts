import { type Document, isMap, isNode, type LineCounter } from 'yaml';
import type { z } from 'zod';

/** One thing that is wrong with a configuration, and where. Lines and columns count from 1. */
export interface Problem {
  readonly line: number;
  readonly column: number;
  /** As in `remediator.policies[0].mode`; empty for the document as a whole. */
  readonly path: string;
  readonly message: string;
}

/** A problem as one line: `file:line:column: path: what was expected`. */
export function formatProblem(file: string, { line, column, path, message }: Problem): string {
  return `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`;
}

/** The problem at an offset of the text. */
export function locate(lines: LineCounter, offset: number, path: string, message: string): Problem {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1), path, message };
}

/** A problem at a path of the document, before its place in the text is looked up. */
export interface PathProblem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** Whether the key itself is wrong; otherwise its value is. */
  readonly atKey?: boolean;
}

/** The places of problems, in the order of the text. */
export function locateAll(
  problems: readonly PathProblem[],
  document: Document,
  lines: LineCounter,
): readonly Problem[] {
  return problems
    .map(({ path, message, atKey = false }) =>
      locate(lines, offsetOf(document, path, atKey), pathText(path), message),
    )
    .sort((a, b) => a.line - b.line || a.column - b.column);
}

/** What is said of a key that is unknown at the end of a path. */
export type UnknownKey = (path: Path, key: string) => string;

/** The same of any. */
export const UNKNOWN_KEY = 'unknown key; remove it or mend its spelling';

/** What the schema found, in words; the error must report its input. */
export function schemaProblems(
  error: z.ZodError,
  unknownKey: UnknownKey = () => UNKNOWN_KEY,
): readonly PathProblem[] {
  return error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        path: [...issue.path, key],
        message: unknownKey(issue.path, key),
        atKey: true,
      }));
    }
    const missing = issue.path.length > 0 && issue.input === undefined;
    return [{ path: issue.path, message: `${missing ? 'missing: ' : ''}${plainMessage(issue)}` }];
  });
}

type Path = readonly PropertyKey[];

function plainMessage(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_type' || issue.message.startsWith('expected')) return issue.message;
  return `expected ${wordFor(issue.expected)}`;
}

function wordFor(type: string): string {
  if (type === 'object') return 'a map of keys and values';
  return type === 'array' ? 'a list' : `a ${type}`;
}

/** Where a value stands; for a key that is missing, where the map that lacks it stands. */
function offsetOf(document: Document, path: Path, atKey: boolean): number {
  for (let length = path.length; length > 0; length--) {
    const part = path.slice(0, length);
    const found = pairOffset(document, part, atKey) ?? valueOffset(document, part);
    if (found !== undefined) return found;
  }
  return 0;
}

/** Where the value of a pair stands, or its key if that is asked for or there is no value. */
function pairOffset(document: Document, path: Path, atKey: boolean): number | undefined {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (!isMap(parent)) return undefined;
  const pair = parent.items.find(({ key }) => isNode(key) && String(key) === String(path.at(-1)));
  const node = isNode(pair?.value) && !atKey ? pair.value : pair?.key;
  return isNode(node) ? node.range?.[0] : undefined;
}

function valueOffset(document: Document, path: Path): number | undefined {
  const node = document.getIn(path, true);
  return isNode(node) ? node.range?.[0] : undefined;
}

function pathText(path: Path): string {
  return path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : text === '' ? String(part) : `${text}.${String(part)}`,
    '',
  );
}
