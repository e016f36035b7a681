import { describe, expect, it } from 'vitest';
import type { SeenGpu } from '../../../src/app/seen-gpus.ts';
import { eccErrors, gpuNotes } from '../../../src/cli/gpu/notes.ts';
import type { EccCount, GpuReading } from '../../../src/domain/gpu.ts';
import type { XidCount } from '../../../src/domain/kernel-log.ts';
import { gpuReading } from '../../fakes/gpu-reading.ts';

const NOW = 1_767_225_600;

const seen = (reading: Partial<GpuReading>, rest: Partial<SeenGpu> = {}): SeenGpu => ({
  reading: gpuReading(reading),
  state: 'present',
  driver: 'nvidia',
  users: [],
  xids: [],
  ...rest,
});

const texts = (one: SeenGpu) => gpuNotes(one, NOW).map(({ text, colour }) => `${colour ?? 'plain'}: ${text}`);

const ecc = (memory: EccCount['memory'], severity: EccCount['severity'], count: number): EccCount => ({
  memory,
  severity,
  count,
});

const xid = (number: string, lastSeconds: number | undefined): XidCount => ({
  pciBusId: '0000:01:00.0',
  uuid: '',
  xid: number,
  count: 2,
  lastSeconds,
});

describe('gpuNotes', () => {
  it.each<[Partial<GpuReading>, readonly string[]]>([
    [{}, []],
    [{ recoveryAction: 0 }, []],
    [{ recoveryAction: 1 }, ['red: reset required']],
    [{ recoveryAction: 2 }, ['red: reboot required']],
    [{ recoveryAction: 3 }, ['red: drain required']],
    [{ recoveryAction: 4 }, ['red: drain and reset required']],
    [{ recoveryAction: 5 }, []],
    [
      { remapFailure: true, remapPending: true },
      ['red: row remapping failed', 'yellow: row remapping pending'],
    ],
    [{ remapFailure: false, remapPending: false }, []],
    [{ eccVolatile: [ecc('dram', 'uncorrected', 1)] }, ['red: 1 ECC error']],
    [{ eccVolatile: [ecc('dram', 'uncorrected', 1), ecc('sram', 'uncorrected', 2)] }, ['red: 3 ECC errors']],
    [{ eccVolatile: [ecc('dram', 'corrected', 7), ecc('dram', 'uncorrected', 0)] }, []],
    [{ throttle: { hw_thermal: true, hw_slowdown: true } }, ['yellow: throttled by heat']],
    [{ throttle: { sw_thermal: true } }, ['yellow: throttled by heat']],
    [{ throttle: { hw_power_brake: true, hw_slowdown: true } }, ['yellow: throttled by power brake']],
    [{ throttle: { hw_slowdown: true } }, ['yellow: throttled by hardware']],
    [{ throttle: { sw_power_cap: true } }, ['plain: power cap']],
    [{ throttle: { idle: true, app_clocks: true, sync_boost: true, display: true, hw_thermal: false } }, []],
  ])('of %j are %j', (reading, notes) => {
    expect(texts(seen(reading))).toEqual(notes);
  });

  it.each<[Partial<SeenGpu>, readonly string[]]>([
    [{ state: 'lost' }, ['red: lost']],
    [{ state: 'asleep' }, ['plain: asleep']],
    [{ state: 'given-away', driver: 'vfio-pci' }, ['plain: given to a VM (vfio-pci)']],
    [{ state: 'driverless', driver: '' }, ['yellow: no driver']],
    [{ state: 'unread', driver: 'nouveau' }, ['yellow: not read (driver nouveau)']],
    [{ state: 'unread', driver: '' }, ['yellow: not read']],
    [{ xids: undefined }, []],
    [
      { xids: [xid('31', NOW - 7200), xid('79', NOW - 59), xid('13', undefined)] },
      ['yellow: Xid 79 59s ago'],
    ],
    [{ xids: [xid('13', undefined)] }, []],
  ])('of a GPU that is %j are %j', (rest, notes) => {
    expect(texts(seen({}, rest))).toEqual(notes);
  });

  it('begin with the worst', () => {
    const trouble = seen(
      { throttle: { sw_power_cap: true, hw_thermal: true }, recoveryAction: 1 },
      { xids: [xid('48', NOW - 60)] },
    );
    expect(texts(trouble)).toEqual([
      'red: reset required',
      'yellow: throttled by heat',
      'yellow: Xid 48 1m ago',
      'plain: power cap',
    ]);
  });
});

describe('eccErrors', () => {
  it('are the sum of all memories, and unknown where none counts', () => {
    const counts = [ecc('dram', 'corrected', 3), ecc('sram', 'corrected', 4)];
    expect(eccErrors(counts, 'corrected')).toBe(7);
    expect(eccErrors(counts, 'uncorrected')).toBeUndefined();
  });
});
