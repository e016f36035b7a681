import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type ChildLimits, type SendSignal, startChild } from '../../../src/host/programs/child-process.ts';
import { type FakeMode, fakeNvidiaSmi, isAlive } from '../../fakes/nvidia-smi.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';
import { waitFor } from '../../lab/wait.ts';

const GENEROUS: ChildLimits = { timeoutMs: 20_000, killAfterMs: 5000, capBytes: 1024 * 1024 };

/** Runs the fake in a mode, and collects what it writes. */
function start(mode: FakeMode, limits: Partial<ChildLimits> = {}, document = '', sendSignal?: SendSignal) {
  const fake = fakeNvidiaSmi(mode, document);
  let output = '';
  const child = startChild(
    { path: fake.path, args: ['-q', '; echo $HOME'], env: fake.env },
    { ...GENEROUS, ...limits },
    (part) => {
      output += part.toString();
    },
    sendSignal,
  );
  return { fake, child, output: () => output };
}

/** True once a process is no more; undefined until then. */
const isGone = (pid: number) => () => (isAlive(pid) ? undefined : true);

describe('a child that does as it should', () => {
  it('gives its output and its exit code', async () => {
    const { child, output, fake } = start('warn', {}, 'a document');
    expect(await child.ended).toEqual({
      exitCode: 14,
      stopped: undefined,
      notStarted: undefined,
      stderr: 'WARNING: infoROM is corrupted at gpu 0000:01:00.0\n',
      stuck: false,
    });
    expect(output()).toBe('a document');
    expect(fake.starts()[0]).toContain('-q ; echo $HOME');
  });

  it('is not waited for by those it leaves behind, and they end with it', async () => {
    const { child, output, fake } = start('leaves-child', {}, 'a document');
    expect(await child.ended).toMatchObject({ exitCode: 0, stopped: undefined, stuck: false });
    expect(output()).toBe('a document');
    const left = fake.noted('child');
    if (left === undefined) throw new Error('it has left nobody');
    await waitFor('it has ended', isGone(left));
  });

  it('is read to its end by a reader that takes its time', async () => {
    const script = 'head -c 150000 /dev/zero; head -c 50000 /dev/zero';
    let bytes = 0;
    const child = startChild({ path: '/bin/sh', args: ['-c', script], env: {} }, GENEROUS, async (part) => {
      bytes += part.length;
      // Longer than others may hold its output open once it has ended.
      if (bytes >= 100_000) await sleep(1200);
    });
    expect(await child.ended).toMatchObject({ exitCode: 0, stopped: undefined });
    expect(bytes).toBe(200_000);
  });

  it('may go on as long as it makes progress', async () => {
    const fake = fakeNvidiaSmi('stream', 'x'.repeat(1000));
    let parts = 0;
    const child = startChild(
      { path: fake.path, args: [], env: fake.env },
      { ...GENEROUS, capBytes: 4000 },
      () => {
        parts += 1;
        child.progress();
        if (parts === 10) child.stop();
      },
    );
    expect(await child.ended).toMatchObject({ stopped: 'caller' });
    expect(parts).toBe(10);
  });
});

describe('a child that could not be started', () => {
  it.each([
    ['that is not there', 'none'],
    ['that is no program', 'text'],
    ['with an impossible name', 'with\0zero'],
  ])('has a reason: one %s', async (_, name) => {
    const path = join(tempFolder({ text: 'no program' }), name);
    const child = startChild({ path, args: [], env: {} }, GENEROUS, () => undefined);
    const { notStarted, exitCode } = await child.ended;
    expect(notStarted).toBeInstanceOf(Error);
    expect(exitCode).toBeUndefined();
    await child.gone;
  });
});

describe('a child that has to be stopped', () => {
  it('ends with SIGTERM when its time is up', async () => {
    const { child } = start('hang', { timeoutMs: 50 });
    expect(await child.ended).toMatchObject({ stopped: 'timeout', exitCode: undefined, stuck: false });
  });

  it('ends with SIGKILL when it does not listen', async () => {
    const { child, fake } = start('deaf', { killAfterMs: 50 });
    const pid = await waitFor('it has closed its ears', () => fake.noted('deaf'));
    child.stop();
    expect(await child.ended).toMatchObject({ stopped: 'caller', exitCode: undefined, stuck: false });
    expect(isAlive(pid)).toBe(false);
  });

  it('takes with it all that it has started', async () => {
    const { child, fake } = start('family');
    const pid = await waitFor('it has a child', () => fake.noted('child'));
    child.stop();
    expect(await child.ended).toMatchObject({ stopped: 'caller', stuck: false });
    await waitFor('the child has ended', isGone(pid));
  });

  it('is stopped when it writes too much', async () => {
    const { child, output } = start('flood');
    expect(await child.ended).toMatchObject({ stopped: 'cap', stuck: false });
    expect(output().length).toBeLessThanOrEqual(GENEROUS.capBytes);
    expect(output().length).toBeGreaterThan(0);
  });

  it('has written too much also where that is seen only after it has ended', async () => {
    const script = 'head -c 1000 /dev/zero; sleep 0.1; head -c 3000 /dev/zero';
    const command = { path: '/bin/sh', args: ['-c', script], env: {} };
    const child = startChild(command, { ...GENEROUS, capBytes: 2000 }, () => child.gone);
    expect(await child.ended).toMatchObject({ exitCode: 0, stopped: 'cap', stuck: false });
  });

  it('is killed without patience', async () => {
    const { child, fake } = start('deaf');
    const pid = await waitFor('it has closed its ears', () => fake.noted('deaf'));
    child.kill();
    expect(await child.ended).toMatchObject({ stopped: 'caller', exitCode: undefined, stuck: false });
    expect(isAlive(pid)).toBe(false);
  });

  it('counts as stuck while not even SIGKILL ends it, and is noticed when it goes', async () => {
    const sent: [number, NodeJS.Signals][] = [];
    // As it is with a process that waits in a driver: signals arrive, and nothing happens.
    const { child, fake } = start('hang', { timeoutMs: 100, killAfterMs: 20 }, '', (pid, signal) => {
      sent.push([pid, signal]);
    });
    expect(await child.ended).toMatchObject({ stopped: 'timeout', exitCode: undefined, stuck: true });
    const pid = Number.parseInt(fake.starts()[0] ?? '', 10);
    expect(sent).toEqual([
      [-pid, 'SIGTERM'],
      [-pid, 'SIGKILL'],
    ]);
    expect(isAlive(pid)).toBe(true);
    process.kill(pid, 'SIGKILL');
    await child.gone;
    expect(isAlive(pid)).toBe(false);
  });

  it('is stopped when its reader fails', async () => {
    const fake = fakeNvidiaSmi('stream', 'x');
    const child = startChild({ path: fake.path, args: [], env: fake.env }, GENEROUS, () => {
      throw new Error('no room');
    });
    await expect(child.ended).rejects.toThrow('no room');
    await child.gone;
  });
});

describe('what a child has started', () => {
  const script = 'sleep 600 >/dev/null 2>&1 & echo $!';

  async function leftBehind(leavesNobody: boolean): Promise<number> {
    let output = '';
    const command = { path: '/bin/sh', args: ['-c', script], env: { PATH: process.env['PATH'] } };
    const child = startChild(command, { ...GENEROUS, leavesNobody }, (part) => {
      output += part.toString();
    });
    expect(await child.ended).toMatchObject({ exitCode: 0, stopped: undefined });
    return Number(output);
  }

  it('ends with it where it is to leave nobody', async () => {
    await waitFor('it has ended', isGone(await leftBehind(true)));
  });

  it('goes on otherwise', async () => {
    const pid = await leftBehind(false);
    expect(isAlive(pid)).toBe(true);
    process.kill(pid, 'SIGKILL');
  });
});
