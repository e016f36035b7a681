import { describe, expect, it, onTestFinished } from 'vitest';
import { createNvidiaLooks, type NvidiaLooksOptions } from '../../src/app/nvidia-looks.ts';
import { createGate } from '../../src/domain/gate.ts';
import { createSlowFiles } from '../../src/host/slow/slow-files.ts';
import { type FakeNvidiaSmi, fakeNvidiaSmi, isAlive } from '../fakes/nvidia-smi.ts';
import { manyGpus, nvidiaCapture } from '../fakes/nvidia-smi-documents.ts';
import { tempFolder } from '../fakes/temp-folder.ts';
import { waitFor } from '../lab/wait.ts';

function looksAt({ path, env }: FakeNvidiaSmi, options: Partial<NvidiaLooksOptions> = {}) {
  const looks = createNvidiaLooks({
    path,
    env,
    sysfs: tempFolder(),
    files: createSlowFiles(createGate(2)),
    ...options,
  });
  onTestFinished(() => looks.stop());
  return looks;
}

const pidOf = (start: string | undefined) => Number(start?.split(' ')[0]);

describe('looks at NVIDIA GPUs', () => {
  it('run nvidia-smi once each, and nothing between them', async () => {
    const smi = fakeNvidiaSmi('replay', nvidiaCapture('l4-driver-570'));
    const looks = looksAt(smi);
    expect((await looks.look()).gpus).toMatchObject([{ info: { name: 'NVIDIA L4' } }]);
    expect(smi.starts()).toHaveLength(1);
    expect((await looks.look()).collection.success).toBe(true);
    expect(smi.starts()).toHaveLength(2);
    expect(smi.starts().map(pidOf).some(isAlive)).toBe(false);
  });

  it('know a GPU by the number that it had while all were there', async () => {
    const both = manyGpus('l4-driver-570', 2);
    const smi = fakeNvidiaSmi('replay', both);
    const looks = looksAt(smi);
    const before = (await looks.look()).gpus.map(({ gpu, pciBusId }) => `${gpu} ${pciBusId}`);
    expect(before).toEqual(['0 0000:00:00.0', '1 0000:01:00.0']);
    const first = both.indexOf('\t<gpu id=');
    smi.setDocument(both.slice(0, first) + both.slice(both.indexOf('\t<gpu id=', first + 1)));
    expect((await looks.look()).gpus).toMatchObject([{ gpu: '1', pciBusId: '0000:01:00.0' }]);
  });

  it('end with what is known where nvidia-smi hangs, and leave nothing behind', async () => {
    const smi = fakeNvidiaSmi('hang');
    const { gpus, collection } = await looksAt(smi, { timeoutMs: 200, killAfterMs: 200 }).look();
    expect(gpus).toEqual([]);
    expect(collection.problem).toMatch(/^nvidia-smi did not answer within 0.2 s/);
    expect(isAlive(pidOf(smi.starts()[0]))).toBe(false);
  });

  it('start no other program beside one that cannot be ended, until it has', async () => {
    const smi = fakeNvidiaSmi('deaf');
    let isMortal = false;
    const looks = looksAt(smi, {
      timeoutMs: 200,
      killAfterMs: 50,
      sendSignal: (pid, signal) => {
        if (isMortal) process.kill(pid, signal);
      },
    });
    const kill = () => process.kill(-pidOf(smi.starts()[0]), 'SIGKILL');
    onTestFinished(() => void (isAlive(pidOf(smi.starts()[0])) && kill()));
    expect((await looks.look()).collection.stuckProcesses).toBe(1);
    expect((await looks.look()).collection.stuckProcesses).toBe(1);
    expect(smi.starts()).toHaveLength(1);
    isMortal = true;
    kill();
    await waitFor('another is started', async () => {
      await looks.look();
      return smi.starts().length > 1 || undefined;
    });
  });

  it('are called off with their program', async () => {
    const smi = fakeNvidiaSmi('hang');
    const looks = looksAt(smi);
    const look = looks.look();
    await waitFor('the program runs', async () => smi.starts().length > 0 || undefined);
    await looks.stop();
    expect((await look).gpus).toEqual([]);
    expect(isAlive(pidOf(smi.starts()[0]))).toBe(false);
  });
});
