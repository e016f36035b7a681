import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { yamlBlocks } from './yaml-blocks.ts';

const BLOCKS = yamlBlocks();

describe('each configuration of fettle in README.md and docs/', () => {
  const own = BLOCKS.filter(({ reader }) => reader === 'fettle');

  it('is found', () => {
    expect(own.length).toBeGreaterThan(15);
    expect(new Set(BLOCKS.map(({ reader }) => reader))).toEqual(
      new Set(['fettle', 'prometheus', 'rules', 'web']),
    );
  });

  it.each(own.map(({ place, text }) => [place, text] as const))('is in order: %s', (_place, text) => {
    const read = loadConfig(text);
    expect(read.ok ? [] : read.problems.map(String)).toEqual([]);
  });
});
