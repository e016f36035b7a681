import { describe, expect, it } from 'vitest';
import type { GpuIdentity } from '../../../src/domain/gpu.ts';
import { systemClock, yieldTurn } from '../../../src/host/clock.ts';
import { createDrmUnitReader } from '../../../src/sources/drm/unit-source.ts';
import { createProcessUnits } from '../../../src/sources/processes/process-units.ts';
import { type FakeProc, fakeProc } from '../processes/fake-proc.ts';

const CARD: GpuIdentity = { gpu: '1', uuid: '', vendor: 'amd', pciBusId: '0000:0b:00.0' };
const signal = new AbortController().signal;

const running = (cgroup: string, clientId: number, gfxSeconds: number) => ({
  cgroup,
  files: {
    5: {
      to: '/dev/dri/renderD128',
      fdinfo: `drm-driver:\tamdgpu\ndrm-client-id:\t${clientId}\ndrm-pdev:\t0000:0b:00.0\ndrm-memory-vram:\t1 KiB\ndrm-engine-gfx:\t${gfxSeconds * 1e9} ns\n`,
    },
  },
});

function readerOn(proc: FakeProc, gpus: () => readonly GpuIdentity[] = () => [CARD]) {
  const { unitOf } = createProcessUnits({ procfs: proc.path, clock: systemClock });
  return createDrmUnitReader({
    procfs: proc.path,
    elapsedMs: systemClock.elapsedMs,
    yieldTurn,
    gpus,
    unitOf,
  });
}

describe('createDrmUnitReader', () => {
  it('tells what units use, from procfs to sum, and keeps what has ended', async () => {
    const proc = fakeProc();
    proc.start(10, running('/system.slice/render.service', 1, 2));
    proc.start(11, running('/system.slice/render.service/worker', 2, 3));
    proc.start(12, running('/user.slice/user-7.slice/user@7.service/app.slice/game.service', 3, 5));
    const read = readerOn(proc);
    expect(await read(signal)).toEqual(
      expect.arrayContaining([
        {
          ...CARD,
          unit: 'render.service',
          user: undefined,
          processes: 2,
          memoryBytes: 2048,
          engineSeconds: { gfx: 5 },
        },
        {
          ...CARD,
          unit: 'game.service',
          user: '7',
          processes: 1,
          memoryBytes: 1024,
          engineSeconds: { gfx: 5 },
        },
      ]),
    );
    proc.end(10);
    proc.start(11, running('/system.slice/render.service/worker', 2, 4));
    const render = (await read(signal)).find(({ unit }) => unit === 'render.service');
    expect(render).toMatchObject({ processes: 1, memoryBytes: 1024, engineSeconds: { gfx: 6 } });
  });

  it('looks at nobody while there is no such GPU, and counts on where it was', async () => {
    const proc = fakeProc();
    proc.start(10, running('/system.slice/render.service', 1, 2));
    let gpus: readonly GpuIdentity[] = [CARD];
    const read = readerOn(proc, () => gpus);
    await read(signal);
    gpus = [];
    expect(await read(signal)).toEqual([]);
    gpus = [CARD];
    expect(await read(signal)).toMatchObject([{ unit: 'render.service', engineSeconds: { gfx: 2 } }]);
  });
});
