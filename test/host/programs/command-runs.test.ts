import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Child, type ChildLimits, startChild } from '../../../src/host/programs/child-process.ts';
import { createCommandRuns } from '../../../src/host/programs/command-runs.ts';
import { notedPid } from '../../fakes/noted-pid.ts';
import { isAlive } from '../../fakes/nvidia-smi.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';
import { waitFor } from '../../lab/wait.ts';

const PROGRAM = fileURLToPath(new URL('../../fakes/probe-command.sh', import.meta.url));
const LIMITS: ChildLimits = { timeoutMs: 60_000, killAfterMs: 30_000, capBytes: 1000 };
const NOBODY = new AbortController().signal;

function start(...args: readonly string[]): Child {
  return startChild({ path: PROGRAM, args, env: { PATH: process.env['PATH'] } }, LIMITS, () => undefined);
}

describe('programs that run for probes', () => {
  it('are killed at the end, those too that do not listen, with all that they started', async () => {
    const folder = tempFolder();
    const runs = createCommandRuns();
    const names = ['deaf', 'family'];
    const children: Child[] = [];
    const works = names.map((name) =>
      runs.inTurn(name, NOBODY, async (keep) => {
        const child = start(name, join(folder, name));
        keep(child);
        children.push(child);
        return (await child.ended).stuck;
      }),
    );
    const pids = await Promise.all(names.map((name) => notedPid(join(folder, name))));
    for (const child of children) child.stop();
    await runs.stop();
    expect(isAlive(pids[0] ?? 0)).toBe(false);
    await waitFor('what the other one has started is gone', () => !isAlive(pids[1] ?? 0) || undefined);
    expect(await Promise.all(works)).toEqual([false, false]);
  });

  it('wait for the last run of the same name, and for no other', async () => {
    const runs = createCommandRuns();
    let child: Child | undefined;
    const first = runs.inTurn('a', NOBODY, async (keep) => {
      child = start('sleep', '600');
      keep(child);
      return 'told before it is gone';
    });
    expect(await first).toBe('told before it is gone');
    expect(await runs.inTurn('b', NOBODY, async () => 'another')).toBe('another');
    let begun = false;
    const second = runs.inTurn('a', NOBODY, async () => {
      begun = true;
    });
    const impatient = new AbortController();
    const third = runs.inTurn('a', impatient.signal, async () => 'never');
    impatient.abort(new Error('time is up'));
    await expect(third).rejects.toThrow('time is up');
    expect(begun).toBe(false);
    child?.kill();
    await second;
  });

  it('may fail, and the next one has its turn', async () => {
    const runs = createCommandRuns();
    const failing = runs.inTurn('a', NOBODY, () => Promise.reject(new Error('no such program')));
    await expect(failing).rejects.toThrow('no such program');
    expect(await runs.inTurn('a', NOBODY, async () => 'next')).toBe('next');
    await runs.stop();
  });
});
