import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tempFolder } from '../fakes/temp-folder.ts';
import { findProgram } from '../lab/programs.ts';
import { findTools } from '../lab/tools.ts';
import { canUnpack, repository, unpackPackages } from '../lab/unpack.ts';
import { markdownBlocks } from './markdown-blocks.ts';
import { yamlBlocks } from './yaml-blocks.ts';

const BLOCKS = yamlBlocks();

const placed = (wanted: string) =>
  BLOCKS.filter(({ reader }) => reader === wanted).map(({ place, text }) => [place, text] as const);

describe('what the documentation gives to others to read', () => {
  it.each(placed('prometheus'))('is a configuration of Prometheus: %s', async (_place, text) => {
    const { promtool } = await findTools();
    const file = join(tempFolder({ 'prometheus.yml': text }), 'prometheus.yml');
    // The files of certificates that it names are those of a reader.
    expect(await run(promtool, ['check', 'config', '--syntax-only', file])).toMatchObject({ code: 0 });
  });

  it.each(placed('rules'))('is a file of rules: %s', async (_place, text) => {
    const { promtool } = await findTools();
    const file = join(tempFolder({ 'own.rules.yml': text }), 'own.rules.yml');
    expect(await run(promtool, ['check', 'rules', '--lint-fatal', file])).toMatchObject({ code: 0 });
  });

  it.skipIf(findProgram('monit') === undefined && !canUnpack())('is a control file of monit', async () => {
    const page = readFileSync(join(repository, 'docs/MIGRATING.md'), 'utf8');
    const [block] = markdownBlocks(page).filter(({ language }) => language === 'monit');
    expect(block?.text).toContain('check process');
    // Where monit keeps its id is no matter of the page.
    const folder = tempFolder();
    const file = join(folder, 'monitrc');
    writeFileSync(file, `set idfile ${join(folder, 'id')}\n${block?.text}\n`, { mode: 0o600 });
    const monit = await findMonit();
    const { code, said } = await run(monit, ['-t', '-c', file, '-s', join(folder, 'state')], folder);
    expect([code, said]).toEqual([0, expect.stringContaining('Control file syntax OK')]);
  });
});

/** monit on PATH, else Debian's, unpacked (not installed) below `.cache` on first use. */
async function findMonit(): Promise<string> {
  const installed = findProgram('monit');
  if (installed !== undefined) return installed;
  const purpose = 'monit is not on PATH';
  const root = await unpackPackages({ name: 'monit', scope: 'only', packages: ['monit'], purpose });
  return `${root}/usr/bin/monit`;
}

async function run(
  program: string,
  args: readonly string[],
  home = '/nonexistent',
): Promise<{ readonly code: number | null; readonly said: string }> {
  const child = spawn(program, args, {
    env: { HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 20_000,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      said += part;
    });
  }
  const [code] = await once(child, 'close');
  return { code, said };
}
