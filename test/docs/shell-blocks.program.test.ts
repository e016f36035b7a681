import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tempFolder } from '../fakes/temp-folder.ts';
import { addPrograms, fillScratch } from './scratch.ts';
import { shellBlocks } from './shell-blocks.ts';

const BLOCKS = shellBlocks().filter(({ plan }) => plan.kind === 'run' && plan.place === 'scratch');

it.each(BLOCKS.map((block) => [`${block.page}:${block.line}`, block] as const))(
  'the commands end well, each of them, in a folder that has what a checkout has: %s',
  async (_place, { text }) => {
    const folder = tempFolder();
    fillScratch(folder);
    await addPrograms(join(folder, 'bin'));
    const { code, said } = await run(text, folder);
    expect([code, code === 0 ? '' : said]).toEqual([0, '']);
  },
);

async function run(
  text: string,
  folder: string,
): Promise<{ readonly code: number | null; readonly said: string }> {
  const path = `${join(folder, 'bin')}:${process.execPath.replace(/\/[^/]+$/, '')}:${process.env['PATH']}`;
  const child = spawn('bash', ['--norc', '-euo', 'pipefail', '-c', text], {
    cwd: folder,
    env: { ...process.env, PATH: path, HOME: folder, STATE_DIRECTORY: join(folder, 'state') },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 25_000,
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
