import { readdirSync, readFileSync } from 'node:fs';
import { jsonSchema } from '../../src/config/json-schema.ts';
import { configPage } from './config-page.ts';

/** Where the generated list of keys is. */
export const CONFIG_FILE = new URL('../../docs/CONFIG.md', import.meta.url);

const EXAMPLES = new URL('config-examples/', import.meta.url);

/** Examples of configurations, by the key of the document that each is about. */
export function configExamples(): ReadonlyMap<string, string> {
  const names = readdirSync(EXAMPLES).toSorted();
  return new Map(
    names.map((name) => [name.replace(/\.yml$/, ''), readFileSync(new URL(name, EXAMPLES), 'utf8')]),
  );
}

/** What must stand there: every key, as the schema of the configuration has it. */
export function configFileText(): string {
  return configPage(jsonSchema(), configExamples());
}
