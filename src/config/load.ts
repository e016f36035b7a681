import { type Config, configOf } from './config.ts';
import { crossProblems } from './cross-check.ts';
import { readDocument } from './document.ts';
import { type Problem, schemaProblems } from './explain.ts';
import { unknownKey } from './misplaced.ts';
import { probeMarks, probeNameProblems } from './probes/cross-check.ts';
import { contradictions } from './remediator/contradictions.ts';
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
  const document = readDocument(text);
  if (!document.ok) return document;
  const { raw, locate } = document;
  const written = schema.safeParse(raw, { reportInput: true });
  const found = [
    ...(written.success ? [] : schemaProblems(written.error, unknownKey)),
    ...crossProblems(raw),
    ...probeNameProblems(raw),
  ];
  if (!written.success || found.length > 0) return { ok: false, problems: locate(found) };
  const config = configOf(written.data, probeMarks(raw));
  const contradicting = contradictions(config, written.data.remediator);
  if (contradicting.length > 0) return { ok: false, problems: locate(contradicting) };
  return { ok: true, config };
}
