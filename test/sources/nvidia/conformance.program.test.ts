import { renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createGate } from '../../../src/domain/gate.ts';
import type { CollectedGpus } from '../../../src/domain/gpu-collection.ts';
import { createSlowFiles } from '../../../src/host/slow/slow-files.ts';
import { startNvidiaReader } from '../../../src/sources/nvidia/source.ts';
import { type FakeMode, fakeNvidiaSmi } from '../../fakes/nvidia-smi.ts';
import { manyGpus, nvidiaCapture, nvidiaCaptures } from '../../fakes/nvidia-smi-documents.ts';
import { recordedLog } from '../../fakes/recorded-log.ts';
import { repeatedSeries } from '../../fakes/repeated-series.ts';
import { createStepClock } from '../../fakes/step-clock.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';

type Reader = 'nvidia-smi' | 'node-nvidia-smi';

/** What a reader gives of a nvidia-smi in this mode. */
async function readBy(reader: Reader, mode: FakeMode, document: string, limits = {}): Promise<CollectedGpus> {
  const fake = fakeNvidiaSmi(mode, document);
  const started = startNvidiaReader({
    path: fake.path,
    env: fake.env,
    sysfs: tempFolder({
      'bus/pci/devices/0000:01:00.0/vendor': '0x10de',
      'bus/pci/devices/0000:01:00.0/class': '0x030200',
    }),
    files: createSlowFiles(createGate(2)),
    reader,
    timeoutMs: 20_000,
    clock: createStepClock(),
    log: recordedLog().log,
    ...limits,
  });
  onTestFinished(() => started.stop());
  await started.first;
  return started.read();
}

const documents = [
  ...nvidiaCaptures().map((name) => [name, nvidiaCapture(name)] as const),
  ['8 x a100-driver-525', manyGpus('a100-driver-525', 8)] as const,
];

describe('both readers', () => {
  it.each(documents)('read the same of %s', async (_, document) => {
    const [own, packaged] = await Promise.all([
      readBy('nvidia-smi', 'replay', document),
      readBy('node-nvidia-smi', 'replay', document),
    ]);
    expect(own.collection.success).toBe(true);
    expect(packaged.gpus).toEqual(own.gpus);
    expect(await repeatedSeries(own)).toEqual([]);
    expect(packaged.attached).toBe(own.attached);
    expect(packaged.lost).toEqual(own.lost);
    expect(packaged.collection).toMatchObject({
      backend: 'node-nvidia-smi',
      success: true,
      exitCode: 0,
      unavailable: own.collection.unavailable,
    });
  });

  it('name the same kinds of failure', async () => {
    const kindOf = async (reader: Reader, mode: FakeMode, limits = {}) => {
      const { collection } = await readBy(reader, mode, 'no document', limits);
      return { exitCode: collection.exitCode, failures: collection.failures };
    };
    for (const mode of ['no-driver', 'garbage'] as const) {
      expect(await kindOf('node-nvidia-smi', mode)).toEqual(await kindOf('nvidia-smi', mode));
    }
    const hasty = { timeoutMs: 1000 };
    expect(await kindOf('node-nvidia-smi', 'hang', hasty)).toEqual(await kindOf('nvidia-smi', 'hang', hasty));
  });
});

describe('the package', () => {
  it('runs the very program that it is given', async () => {
    const document = nvidiaCapture('l4-driver-570');
    const own = fakeNvidiaSmi('replay', document);
    const other = fakeNvidiaSmi('replay', nvidiaCapture('v100-driver-450'));
    const path = `${dirname(own.path)}/my smi`;
    renameSync(own.path, path);
    const env = { ...own.env, PATH: `${dirname(other.path)}:${own.env['PATH']}` };
    const { gpus } = await readBy('node-nvidia-smi', 'replay', '', { path, env });
    expect(gpus.map(({ info }) => info.name)).toEqual(['NVIDIA L4']);
    const missing = await readBy('node-nvidia-smi', 'replay', '', { path: '/nowhere/nvidia-smi', env });
    expect(missing.collection).toMatchObject({ success: false, failures: { missing: 1 } });
  });

  it.each<[FakeMode, object]>([
    ['warn', { exitCode: 14, failures: { exit: 1 } }],
    ['lost', { exitCode: 15, failures: { exit: 1 } }],
    ['stderr', { exitCode: 0, failures: { parse: 1 } }],
  ])('loses what nvidia-smi says of the other GPUs: %s', async (mode, collection) => {
    const document = nvidiaCapture('l4-driver-570');
    const { gpus, collection: found } = await readBy('node-nvidia-smi', mode, document);
    expect(gpus).toEqual([]);
    expect(found).toMatchObject({ success: false, ...collection });
  });

  it('says when nvidia-smi is not there', async () => {
    const { collection } = await readBy('node-nvidia-smi', 'replay', '', {
      path: '/nowhere/nvidia-smi',
      env: { PATH: '/usr/bin:/bin' },
    });
    expect(collection).toMatchObject({ success: false, failures: { missing: 1 } });
  });
});
