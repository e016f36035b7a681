import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CollectedGpus } from '../../../src/domain/gpu-collection.ts';
import { isAlive } from '../../fakes/nvidia-smi.ts';
import { waitFor } from '../../lab/wait.ts';
import {
  argumentsOf,
  deviceOf,
  documentOf,
  firstOf,
  NO_FAILURES,
  setPower,
  sysfsWithGpus,
} from './started-reader.ts';

describe('a GPU that sleeps', () => {
  it('is not woken', async () => {
    const { collected, fake } = await firstOf('replay', { sysfs: sysfsWithGpus('suspended') });
    expect(collected).toMatchObject({ gpus: [], collection: { success: true, failures: NO_FAILURES } });
    expect(fake.starts()).toEqual([]);
  });

  it('was last read when it was awake', async () => {
    const sysfs = sysfsWithGpus('active');
    const { collected, again } = await firstOf('replay', { sysfs });
    setPower(sysfs, 0, 'suspended');
    const asleep = await again();
    expect(asleep).toMatchObject({ gpus: [], collection: { success: true } });
    expect(asleep.collection.lastSuccessSeconds).toBe(collected.collection.lastSuccessSeconds);
  });

  it('is never read where none was awake', async () => {
    const { collected } = await firstOf('replay', { sysfs: sysfsWithGpus('suspended', 'suspended') });
    expect(collected.collection.lastSuccessSeconds).toBeUndefined();
  });

  it.each(['nvidia-smi', 'node-nvidia-smi'] as const)(
    'is not woken for one beside it that is awake, which keeps its number: %s',
    async (reader) => {
      const sysfs = sysfsWithGpus('suspended', 'active', 'active');
      const { collected, fake, again } = await firstOf('replay', { sysfs, reader }, documentOf(3));
      expect(argumentsOf(fake.starts())).toEqual(['-q -x -i 0000:02:00.0,0000:03:00.0']);
      const numbersOf = ({ gpus }: CollectedGpus) => gpus.map(({ gpu, pciBusId }) => `${gpu} ${pciBusId}`);
      expect(numbersOf(collected)).toEqual(['1 0000:02:00.0', '2 0000:03:00.0']);
      setPower(sysfs, 0, 'active');
      expect(numbersOf(await again())).toEqual(['0 0000:01:00.0', '1 0000:02:00.0', '2 0000:03:00.0']);
      setPower(sysfs, 1, 'suspending');
      expect(numbersOf(await again())).toEqual(['0 0000:01:00.0', '2 0000:03:00.0']);
      expect(argumentsOf(fake.starts()).slice(1)).toEqual(['-q -x', '-q -x -i 0000:01:00.0,0000:03:00.0']);
    },
  );

  it('is none of the matter if it belongs to a virtual machine', async () => {
    const sysfs = sysfsWithGpus('active', 'suspended');
    writeFileSync(`${sysfs}/${deviceOf(1)}/uevent`, 'DRIVER=vfio-pci\n');
    const { fake } = await firstOf('replay', { sysfs });
    expect(argumentsOf(fake.starts())).toEqual(['-q -x']);
  });

  it('ends a stream, which would hold on to it, and others are read one by one', async () => {
    const sysfs = sysfsWithGpus('active', 'active');
    const options = { mode: 'stream', intervalMs: 100, sysfs } as const;
    const { reader, fake, clock } = await firstOf('stream', options, documentOf(2));
    expect(argumentsOf(fake.starts())).toEqual(['-q -x -l 1']);
    const stream = Number.parseInt(fake.starts()[0] ?? '', 10);
    fake.setMode('replay');
    setPower(sysfs, 0, 'suspended');
    await waitFor('the reading of the other', () => {
      clock.wake();
      return reader.read().gpus.length === 1 ? true : undefined;
    });
    expect(reader.read().gpus[0]).toMatchObject({ gpu: '1', pciBusId: '0000:02:00.0' });
    expect(reader.read().collection).toMatchObject({ success: true, failures: NO_FAILURES });
    expect(isAlive(stream)).toBe(false);
    expect(argumentsOf(fake.starts())[1]).toBe('-q -x -i 0000:02:00.0');
  });
});
