import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { repository } from '../lab/unpack.ts';
import { markdownBlocks } from './markdown-blocks.ts';
import { pages } from './shell-blocks.ts';

/** What reads a block of YAML: fettle, Prometheus (its configuration or its rules), or both halves' listeners. */
export type Reader = 'fettle' | 'prometheus' | 'rules' | 'web';

/** A key at the top of a document, by which one knows whose it is. */
const READERS: ReadonlyMap<string, Reader> = new Map([
  ['exporter', 'fettle'],
  ['remediator', 'fettle'],
  ['probes', 'fettle'],
  ['daemons', 'fettle'],
  ['thresholds', 'fettle'],
  ['scrape_configs', 'prometheus'],
  ['groups', 'rules'],
  ['tls_server_config', 'web'],
]);

/** A block of YAML on a page for people. */
export interface YamlBlock {
  /** Page and line, such as `docs/POLICIES.md:30`. */
  readonly place: string;
  readonly text: string;
  readonly reader: Reader;
}

/** All of them in README.md and docs/. Throws for one that nobody reads. */
export function yamlBlocks(): readonly YamlBlock[] {
  return pages().flatMap((page) =>
    markdownBlocks(readFileSync(join(repository, page), 'utf8'))
      .filter(({ language }) => language === 'yaml' || language === 'yml')
      .map(({ text, line }) => ({
        place: `${page}:${line}`,
        text,
        reader: readerOf(`${page}:${line}`, text),
      })),
  );
}

function readerOf(place: string, text: string): Reader {
  const keys = Object.keys(z.record(z.string(), z.unknown()).parse(parse(text)));
  const reader = keys.map((key) => READERS.get(key)).find((one) => one !== undefined);
  if (reader === undefined)
    throw new Error(`${place}: nobody reads a document with the keys ${keys.join(', ')}`);
  return reader;
}
