import { describe, expect, it } from 'vitest';
import type { SeenGpu } from '../../../src/app/seen-gpus.ts';
import { gpusJson } from '../../../src/cli/gpu/json.ts';
import { helpText } from '../../../src/cli/help.ts';
import { bareReading } from '../../../src/sources/gpu/bare-reading.ts';
import { gpuReading } from '../../fakes/gpu-reading.ts';
import { nvidiaCapture } from '../../fakes/nvidia-smi-documents.ts';
import { seenInDocument } from './seen.ts';

/** Of which everything is known. */
const WHOLE: SeenGpu = {
  reading: gpuReading({
    temperatures: { gpu: 61, junction: 70, memory: 80 },
    thresholds: { slowdown: 95, shutdown: 98 },
    temperatureMargin: 34,
    utilization: { gpu: 0.96 },
    powerWatts: 437.5,
    powerLimits: { enforced: 450 },
    memory: { used: 1024, total: 2048 },
    fanRatio: 0.3,
    performanceState: 2,
    clocks: { graphics: 2e9, memory: 1e10 },
    throttle: { idle: false, sw_power_cap: true },
    recoveryAction: 1,
    eccVolatile: [
      { memory: 'dram', severity: 'corrected', count: 3 },
      { memory: 'dram', severity: 'uncorrected', count: 0 },
    ],
    remapPending: true,
    remapFailure: false,
    mig: [{ gpuInstance: '1', computeInstances: ['0'], profile: '1g.10gb', memory: { used: 1, total: 2 } }],
  }),
  state: 'present',
  driver: 'nvidia',
  users: [
    {
      unit: 'ollama.service',
      user: 'alice',
      container: '3f1a3f1a3f1a',
      processes: 1,
      memoryBytes: 512,
      list: [{ pid: 7, name: 'ollama', type: 'C', memoryBytes: 512 }],
    },
  ],
  xids: [{ pciBusId: '0000:01:00.0', uuid: '', xid: '79', count: 2, lastSeconds: 1_767_225_600 }],
};

const written = (...gpus: readonly SeenGpu[]) => JSON.parse(gpusJson(gpus));

describe('gpusJson', () => {
  it('has everything in base units', () => {
    expect(written(WHOLE)).toEqual([
      {
        gpu: '0',
        vendor: 'nvidia',
        name: 'NVIDIA GeForce RTX 4090',
        uuid: 'GPU-a',
        pciBusId: '0000:01:00.0',
        state: 'present',
        kernelDriver: 'nvidia',
        driverVersion: '570.86',
        temperatureCelsius: 61,
        junctionCelsius: 70,
        memoryCelsius: 80,
        slowdownCelsius: 95,
        shutdownCelsius: 98,
        marginCelsius: 34,
        utilizationRatio: 0.96,
        powerWatts: 437.5,
        powerLimitWatts: 450,
        memoryUsedBytes: 1024,
        memoryTotalBytes: 2048,
        fanRatio: 0.3,
        performanceState: 2,
        graphicsClockHertz: 2e9,
        memoryClockHertz: 1e10,
        throttleReasons: ['sw_power_cap'],
        recoveryAction: 1,
        eccCorrected: 3,
        eccUncorrected: 0,
        remapPending: true,
        remapFailure: false,
        xids: [{ xid: 79, count: 2, lastTimestampSeconds: 1_767_225_600 }],
        mig: [
          {
            gpuInstance: '1',
            computeInstances: ['0'],
            profile: '1g.10gb',
            memoryUsedBytes: 1,
            memoryTotalBytes: 2,
          },
        ],
        units: [
          {
            unit: 'ollama.service',
            user: 'alice',
            container: '3f1a3f1a3f1a',
            processes: 1,
            memoryBytes: 512,
            processList: [{ pid: 7, name: 'ollama', type: 'C', memoryBytes: 512 }],
          },
        ],
      },
    ]);
  });

  it('leaves out what is not known', () => {
    const reading = bareReading({ gpu: '', uuid: '', vendor: 'nvidia', pciBusId: '0000:41:00.0' });
    const lost: SeenGpu = { reading, state: 'lost', driver: '', users: undefined, xids: undefined };
    expect(gpusJson([lost])).toBe('[{"vendor":"nvidia","pciBusId":"0000:41:00.0","state":"lost"}]');
  });

  it('tells processes of no unit from those whose unit is not known', () => {
    const gpus = seenInDocument(nvidiaCapture('rtx-4090-driver-595'), {
      unitOf: (pid) => (pid === 1520 ? { unit: '', scope: 'system' } : { unit: '?', scope: 'system' }),
    });
    const [{ units }] = JSON.parse(gpusJson(gpus));
    expect(units).toMatchObject([
      { unit: '', processes: 1, memoryBytes: 96 * 2 ** 20, processList: [{ pid: 1520 }] },
      { processes: 2, memoryBytes: 18_061 * 2 ** 20, processList: [{ pid: 1733 }, { pid: 9021 }] },
    ]);
    expect(units[1]).not.toHaveProperty('unit');
  });

  it('is one line, an empty list where there is nothing, and steers no terminal', () => {
    const evil = seenInDocument(nvidiaCapture('l4-driver-570').replace('NVIDIA L4', 'NVIDIA \u009b2J\n L4'));
    expect(gpusJson([])).toBe('[]');
    expect(gpusJson(evil)).toMatch(/^[ -~]+$/);
    expect(gpusJson(evil)).toContain('\\u009b');
  });

  it('has the keys that the help names, in that order', () => {
    const help = helpText('gpu');
    const named = /Keys of JSON[^:]*:\n((?: {2}.*\n)+)/.exec(help)?.[1]?.trim().split(/\s+/);
    const [whole] = written(WHOLE);
    expect(named).toEqual(Object.keys(whole));
    const inside = (key: string) => new RegExp(`^  in ${key}: +(.*)$`, 'm').exec(help)?.[1]?.split(' ');
    expect(inside('xids')).toEqual(Object.keys(whole.xids[0]));
    expect(inside('mig')).toEqual(Object.keys(whole.mig[0]));
    expect(inside('units')).toEqual(Object.keys(whole.units[0]));
    expect(inside('processList')).toEqual(Object.keys(whole.units[0].processList[0]));
  });
});
