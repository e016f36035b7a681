import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';

const EXAMPLES = new URL('../../deploy/examples/', import.meta.url);

const files = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.yml'),
);

it.each(files)('%s is in order', (name) => {
  const read = loadConfig(readFileSync(new URL(name, EXAMPLES), 'utf8'));
  expect(read.ok ? [] : read.problems.map(String)).toEqual([]);
});

it('has the explained one, and one for each setup that people have', () => {
  expect(files.toSorted()).toEqual([
    'fettle.yml',
    ...['avatar', 'comfyui', 'daemon', 'jetson', 'ray-mac'].map((name) => `setups/${name}.yml`),
  ]);
});
