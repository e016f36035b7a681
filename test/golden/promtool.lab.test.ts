import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { promtoolObjections } from '../exporter/promtool.ts';
import { describeStack } from '../lab/describe-lab.ts';

const FOLDER = new URL('nvidia/', import.meta.url);

describeStack('promtool', () => {
  it.each(readdirSync(FOLDER))('has nothing to object to on the page %s', async (file) => {
    expect(await promtoolObjections(readFileSync(new URL(file, FOLDER), 'utf8'))).toEqual([]);
  });
});
