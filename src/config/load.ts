import { type Document, LineCounter, parseDocument } from 'yaml';
import { messageOf } from '../domain/errors.ts';
import { type Config, configOf } from './config.ts';
import { crossProblems, impossibleTimes } from './cross-check.ts';
import { locate, locateAll, type Problem, schemaProblems } from './explain.ts';
import { schema } from './schema.ts';

/** A configuration, or everything that is wrong with its text. */
export type LoadResult =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Reads a configuration's text: YAML 1.2, one document. An empty text is the default configuration.
 *
 * All problems are reported at once, each with its place in the text.
 */
export function loadConfig(text: string): LoadResult {
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
    return { ok: false, problems: faults.map((fault) => locate(lines, fault.pos[0], '', fault.message)) };
  }
  const plain = plainData(document);
  if ('fault' in plain) return { ok: false, problems: [locate(lines, 0, '', plain.fault)] };
  const { raw } = plain;
  const written = schema.safeParse(raw, { reportInput: true });
  const found = [...(written.success ? [] : schemaProblems(written.error)), ...crossProblems(raw)];
  if (!written.success || found.length > 0) return { ok: false, problems: locateAll(found, document, lines) };
  const config = configOf(written.data);
  const impossible = impossibleTimes(config.remediator.policySet.policies);
  if (impossible.length > 0) return { ok: false, problems: locateAll(impossible, document, lines) };
  return { ok: true, config };
}

/** The document as plain data, unless an alias has no anchor or aliases multiply without end. */
function plainData(document: Document): { readonly raw: unknown } | { readonly fault: string } {
  try {
    return { raw: document.toJS({ maxAliasCount: 100 }) ?? {} };
  } catch (thrown) {
    return { fault: messageOf(thrown) };
  }
}
