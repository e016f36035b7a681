import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { startFettle } from '../cli/run-fettle.ts';
import { notedPid } from '../fakes/noted-pid.ts';
import { isAlive } from '../fakes/nvidia-smi.ts';
import { tempFolder } from '../fakes/temp-folder.ts';

const PROGRAM = fileURLToPath(new URL('../fakes/probe-command.sh', import.meta.url));

/** A configuration with probes whose programs do not listen, and where these write their numbers. */
function stubborn(count: number) {
  const folder = tempFolder();
  const names = Array.from({ length: count }, (_, index) => `deaf-${index}`);
  const probes = names.map((name) => ({
    name,
    interval: '1s',
    timeout: '300ms',
    command: { argv: [PROGRAM, 'deaf', join(folder, name)] },
  }));
  const file = join(folder, 'fettle.yml');
  const exporter = { listen: '127.0.0.1:0', kernel_log: false };
  writeFileSync(file, JSON.stringify({ exporter, probes }));
  return { file, pids: () => Promise.all(names.map((name) => notedPid(join(folder, name)))) };
}

it('leaves no program behind when it is told to stop', async () => {
  const { file, pids } = stubborn(3);
  const fettle = startFettle(['serve', '--only', 'exporter', '-c', file], onTestFinished);
  const all = await pids();
  fettle.child.kill('SIGTERM');
  expect((await fettle.ended).code).toBe(0);
  expect(all.map(isAlive)).toEqual([false, false, false]);
}, 30_000);

it('leaves no program behind when a probe is asked by hand, and called off or over', async () => {
  for (const signal of ['SIGINT', undefined] as const) {
    const { file, pids } = stubborn(1);
    const fettle = startFettle(['probe', 'deaf-0', '-c', file], onTestFinished);
    const all = await pids();
    if (signal !== undefined) fettle.child.kill(signal);
    expect((await fettle.ended).code).toBe(1);
    expect(all.map(isAlive)).toEqual([false]);
  }
}, 30_000);
