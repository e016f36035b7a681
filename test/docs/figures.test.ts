import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const page = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');

/** Cells of a row of BENCHMARKS.md, below the heading of so many services. */
function measured(services: number, row: string): readonly string[] {
  const section = page('BENCHMARKS.md')
    .split(/^### /m)
    .find((text) => text.startsWith(`${services} services`));
  const line = section?.split('\n').find((text) => text.startsWith(`| ${row} `));
  return (line ?? '').split('|').map((cell) => cell.trim());
}

it('OPERATIONS.md says of sizes and costs what BENCHMARKS.md has measured', () => {
  const [, , ours = '', theirs = ''] = measured(1000, 'scrape, p50');
  const [, , ourMemory = '', theirMemory = ''] = measured(1000, 'resident memory');
  const text = page('OPERATIONS.md').replaceAll(/\s+/g, ' ');
  expect(text).toContain(
    `at 1000 services a scrape takes ${ours.replace('.0 ms', ' ms')}, and the exporter some ${ourMemory};`,
  );
  expect(text).toContain(
    `node_exporter's systemd collector takes ${theirs} for fewer figures, and ${theirMemory}.`,
  );
});
