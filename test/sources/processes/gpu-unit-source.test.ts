import { describe, expect, it } from 'vitest';
import type { GpuProcess, GpuReading } from '../../../src/domain/gpu.ts';
import { systemClock, yieldTurn } from '../../../src/host/clock.ts';
import { bareReading } from '../../../src/sources/gpu/bare-reading.ts';
import { createGpuUserReader } from '../../../src/sources/processes/gpu-unit-source.ts';
import { lookUpUnits } from '../../../src/sources/processes/look-up.ts';

const turns = { elapsedMs: systemClock.elapsedMs, yieldTurn };

const uses = (pid: number, memoryBytes: number): GpuProcess => ({
  pid,
  name: 'python',
  type: 'C',
  memoryBytes,
});
const gpuOf = (processes: readonly GpuProcess[]): GpuReading => ({
  ...bareReading({ gpu: '0', uuid: 'GPU-0', vendor: 'nvidia', pciBusId: '0000:01:00.0' }),
  processes,
});

describe('createGpuUserReader', () => {
  it('looks once at the processes of one reading, and gives units and processes', async () => {
    const asked: number[] = [];
    const read = createGpuUserReader((pid) => {
      asked.push(pid);
      return { unit: 'a.service', scope: 'system' };
    }, turns);
    const gpus = [gpuOf([uses(1, 10), uses(1, 10), uses(2, 5)])];
    const first = await read(gpus);
    expect(first.units).toMatchObject([{ unit: 'a.service', processes: 2, memoryBytes: 15 }]);
    expect(first.processes).toHaveLength(2);
    expect(await read(gpus)).toBe(first);
    expect(asked).toEqual([1, 2]);
    await read([...gpus]);
    expect(asked).toEqual([1, 2, 1, 2]);
  });

  it('gives the same object for a unit of which nothing has changed', async () => {
    const read = createGpuUserReader((pid) => ({ unit: `${pid}.service`, scope: 'system' }), turns);
    const before = (await read([gpuOf([uses(1, 10), uses(2, 5)])])).units;
    const after = (await read([gpuOf([uses(1, 10), uses(2, 6)])])).units;
    expect(after[0]).toBe(before[0]);
    expect(after[1]).toMatchObject({ unit: '2.service', memoryBytes: 6 });
  });
});

describe('lookUpUnits', () => {
  it('lets others have their turn', async () => {
    let now = 0;
    let given = 0;
    const elapsedMs = () => {
      now += 1;
      return now;
    };
    const yieldOne = async () => {
      given += 1;
    };
    const pids = Array.from({ length: 30 }, (_, pid) => pid);
    const unitOf = await lookUpUnits(pids, (pid) => ({ unit: `${pid}.service`, scope: 'system' }), {
      elapsedMs,
      yieldTurn: yieldOne,
    });
    expect(unitOf(29)).toMatchObject({ unit: '29.service' });
    expect(unitOf(30)).toBeUndefined();
    expect(given).toBeGreaterThan(5);
  });
});
