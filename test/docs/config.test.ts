import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { jsonSchema } from '../../src/config/json-schema.ts';
import { loadConfig } from '../../src/config/load.ts';
import { CONFIG_FILE, configExamples, configFileText } from './config-file.ts';
import { type ConfigSection, configSections } from './config-keys.ts';
import { configPage } from './config-page.ts';

const SECTIONS = configSections(jsonSchema());

describe('docs/CONFIG.md', () => {
  const text = configFileText();

  it('is what `npm run docs` gives, byte for byte', () => {
    expect(readFileSync(CONFIG_FILE, 'utf8')).toBe(text);
  });

  it('says what each key is for, in a sentence', () => {
    const without = SECTIONS.flatMap(({ path, keys }) =>
      keys
        .filter(({ part }) => !/^\S.*\.$/s.test(part.description ?? ''))
        .map(({ name }) => `${path}.${name}`),
    );
    expect(without).toEqual([]);
  });

  it('leads from each map to a heading that is there', () => {
    const headings = [...text.matchAll(/^#+ `(.+)`$/gm)].map(([, path = '']) => path);
    expect(new Set(headings).size).toBe(headings.length);
    const anchors = headings.map((path) => path.toLowerCase().replaceAll(/[^a-z0-9_-]/g, ''));
    expect(new Set(anchors).size).toBe(anchors.length);
    const links = [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor = '']) => anchor);
    expect(links.length).toBeGreaterThan(30);
    expect(links.filter((anchor) => !anchors.includes(anchor))).toEqual([]);
  });

  it('has as many cells in each row as the table has columns', () => {
    const rows = text.split('\n').filter((line) => line.startsWith('|'));
    const odd = rows.filter((row) => row.match(/(?<!\\)\|/g)?.length !== 5);
    expect(odd).toEqual([]);
  });
});

describe('the examples of docs/CONFIG.md', () => {
  const examples = configExamples();

  it.each([...examples])('are in order: %s', (_key, text) => {
    const read = loadConfig(text);
    expect(read.ok ? [] : read.problems.map(String)).toEqual([]);
  });

  it('are about keys of the document, of which each has one', () => {
    const [whole] = SECTIONS;
    expect([...examples.keys()].toSorted()).toEqual(whole?.keys.map(({ name }) => name).toSorted());
  });

  it('show every key that there is', () => {
    const documents = [...examples.values()].map((text): unknown => parse(text));
    const hidden = SECTIONS.flatMap((section) => keysNotShown(section, documents));
    expect(hidden).toEqual([]);
  });

  it('say of the defaults of policies what is built in', () => {
    const policy = 'policies: [{ name: p, when: [a = "b"], allow: [a.service] }]';
    const written = z
      .object({ remediator: z.record(z.string(), z.unknown()) })
      .parse(parse(examples.get('remediator') ?? '')).remediator;
    const builtIn = settingsOf(`remediator: { ${policy} }`);
    for (const key of ['defaults', 'budgets', 'storm', 'gates']) {
      expect(written).toHaveProperty(key);
      const value = JSON.stringify(written[key]);
      expect(settingsOf(`remediator: { ${key}: ${value}, ${policy} }`)).toEqual(builtIn);
    }
  });
});

describe('configPage', () => {
  it('tells of a section that it has never seen, without an example', () => {
    const page = configPage(
      {
        type: 'object',
        properties: {
          thresholds: {
            type: 'object',
            description: 'When alerts fire.',
            properties: {
              disk: { type: 'number', default: 0.9, description: 'Part of a disk.' },
              many: {
                type: 'array',
                description: 'For some labels.',
                items: {
                  type: 'object',
                  properties: { a: { enum: ['x', 'y|z'] }, b: { type: 'string' } },
                  required: ['a'],
                },
              },
            },
          },
        },
      },
      new Map(),
    );
    expect(page).toContain('## `thresholds`\n\nWhen alerts fire.\n');
    expect(page).toContain('| `disk` | number | `0.9` | Part of a disk. |\n');
    expect(page).toContain(
      '| `many` | list of maps |  | For some labels. Its keys: [`thresholds.many[]`](#thresholdsmany). |\n',
    );
    expect(page).toContain('### `thresholds.many[]`\n');
    expect(page).toContain(String.raw`| \`a\` | \`x\` or \`y\|z\` | needed |  |`.replaceAll('\\`', '`'));
  });
});

/** The settings of a remediator and its one policy, without what only a program can compare. */
function settingsOf(text: string): unknown {
  const read = loadConfig(text);
  if (!read.ok) throw new Error(read.problems.join('\n'));
  return JSON.parse(JSON.stringify(read.config.remediator.policySet));
}

/** Sections all of whose keys are written in the same way, so that some of them show how. */
const ALIKE: readonly string[] = ['thresholds'];

/** Keys of a section that no document has, each with its path. */
function keysNotShown(
  { path, otherPaths, keys }: ConfigSection,
  documents: readonly unknown[],
): readonly string[] {
  const maps = [path, ...otherPaths].flatMap((place) =>
    documents.flatMap((document) => valuesAt(document, place === '' ? [] : place.split('.'))),
  );
  const isShown = maps.length > 0 && ALIKE.includes(path);
  return keys
    .filter(({ name }) => !isShown && !maps.some((map) => valuesAt(map, name.split('.')).length > 0))
    .map(({ name }) => `${path}.${name}`);
}

/** What stands at a path; `[]` at the end of a word means each entry of a list. `stop` is short for `stop:`. */
function valuesAt(value: unknown, [word, ...rest]: readonly string[]): readonly unknown[] {
  if (word === undefined) return [value];
  if (typeof value === 'string') return word === value && rest.length === 0 ? [null] : [];
  const map = z.record(z.string(), z.unknown()).safeParse(value);
  const key = word.replace('[]', '');
  if (!map.success || !(key in map.data)) return [];
  const inner = map.data[key];
  const entries: readonly unknown[] = word.endsWith('[]') && Array.isArray(inner) ? inner : [inner];
  return entries.flatMap((one) => valuesAt(one, rest));
}
