import { describe, expect, it } from 'vitest';
import { isAlive } from '../../fakes/nvidia-smi.ts';
import { manyGpus } from '../../fakes/nvidia-smi-documents.ts';
import { waitFor } from '../../lab/wait.ts';
import { firstOf, NO_FAILURES, start } from './started-reader.ts';

describe('a stream', () => {
  const stream = { mode: 'stream', intervalMs: 100 } as const;

  it('is one process for many readings', async () => {
    const { reader, fake, collected } = await firstOf('stream', stream);
    expect(collected).toMatchObject({
      attached: 1,
      collection: { success: true, durationSeconds: undefined },
    });
    fake.setDocument(manyGpus('rtx-4090-driver-595', 2));
    await waitFor('the second GPU', () => (reader.read().gpus.length === 2 ? true : undefined));
    expect(fake.starts().map((line) => line.replace(/^\d+ /, ''))).toEqual(['LC_ALL=C -q -x -l 1']);
    const pid = Number.parseInt(fake.starts()[0] ?? '', 10);
    await reader.stop();
    expect(isAlive(pid)).toBe(false);
  });

  it('is under watch: silence ends it, and takes its values away', async () => {
    const { reader, fake, clock } = start('stream-then-hang', { ...stream, timeoutMs: 200 });
    await waitFor('the watchdog', () => (reader.read().collection.success === false ? true : undefined));
    expect(reader.read()).toMatchObject({
      gpus: [],
      collection: { failures: { ...NO_FAILURES, timeout: 1 } },
    });
    expect(reader.read().collection.lastSuccessSeconds).toBeDefined();
    await waitFor('the next one', () => {
      clock.wake();
      return fake.starts()[1];
    });
  });

  it('tells of GPUs that are lost, as nvidia-smi does that is started for each reading', async () => {
    const { collected } = await firstOf('stream-lost', stream);
    expect(collected).toMatchObject({ lost: ['0000:02:00.0'], collection: { success: true } });
  });

  it('tells of a GPU that is lost only as long as it is', async () => {
    const { reader, fake } = await firstOf('stream-lost', stream);
    fake.findLost();
    await waitFor('a reading without it', () => (reader.read().lost.length === 0 ? true : undefined));
    expect(fake.starts()).toHaveLength(1);
  });

  it('that ends is a failure, with its exit code', async () => {
    const { reader } = start('stream-then-die', stream);
    await waitFor('its end', () => (reader.read().collection.success === false ? true : undefined));
    expect(reader.read()).toMatchObject({
      gpus: [],
      collection: { exitCode: 15, failures: { ...NO_FAILURES, exit: 1 } },
    });
  });
});
