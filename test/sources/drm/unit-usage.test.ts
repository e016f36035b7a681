import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { GpuIdentity, GpuUnitReading } from '../../../src/domain/gpu.ts';
import type { DrmClient } from '../../../src/sources/drm/fdinfo.ts';
import type { DrmUse } from '../../../src/sources/drm/processes.ts';
import { createUnitUsage, type UnitUsage } from '../../../src/sources/drm/unit-usage.ts';
import type { ProcessUnit } from '../../../src/sources/processes/unit-of-cgroup.ts';

const CARD: GpuIdentity = { gpu: '0', uuid: '', vendor: 'amd', pciBusId: '0000:0b:00.0' };
const OTHER: GpuIdentity = { gpu: '1', uuid: '', vendor: 'intel', pciBusId: '0000:03:00.0' };

const client = (clientId: string, more: Partial<DrmClient> = {}): DrmClient => ({
  driver: 'amdgpu',
  pdev: CARD.pciBusId,
  clientId,
  engineSeconds: {},
  engineCycles: {},
  memory: {},
  ...more,
});

const use = (pid: number, clientId: string, gfx: number, more: Partial<DrmClient> = {}): DrmUse => ({
  pid,
  client: client(clientId, { engineSeconds: { gfx }, ...more }),
});

describe('createUnitUsage', () => {
  let units: Map<number, ProcessUnit>;
  let usage: UnitUsage;
  beforeEach(() => {
    units = new Map([
      [1, { unit: 'a.service', scope: 'system' }],
      [2, { unit: 'a.service', scope: 'system' }],
      [3, { unit: 'a.service', scope: 'user', user: 'ann' }],
      [4, { unit: '', scope: 'system' }],
    ]);
    usage = createUnitUsage();
  });

  const add = (uses: readonly DrmUse[], atMs = 0, gpus: readonly GpuIdentity[] = [CARD, OTHER]) =>
    usage.add(uses, gpus, (pid) => units.get(pid), atMs);
  const gfxOf = (readings: readonly GpuUnitReading[], unit = 'a.service') =>
    readings.find((one) => one.unit === unit)?.engineSeconds['gfx'];

  it('sums up by GPU, unit and user', () => {
    const vram = (bytes: number) => ({ memory: { vram: bytes, gtt: 1 } });
    const readings = add([
      use(1, '1', 1, vram(100)),
      use(2, '2', 2, vram(10)),
      use(3, '3', 4, vram(1)),
      use(1, '4', 8, { pdev: OTHER.pciBusId }),
      use(4, '5', 16),
    ]);
    const unit = 'a.service';
    expect(readings).toHaveLength(4);
    expect(readings).toEqual(
      expect.arrayContaining([
        { ...CARD, unit, user: undefined, processes: 2, memoryBytes: 110, engineSeconds: { gfx: 3 } },
        { ...CARD, unit, user: 'ann', processes: 1, memoryBytes: 1, engineSeconds: { gfx: 4 } },
        { ...OTHER, unit, user: undefined, processes: 1, memoryBytes: undefined, engineSeconds: { gfx: 8 } },
        {
          ...CARD,
          unit: '',
          user: undefined,
          processes: 1,
          memoryBytes: undefined,
          engineSeconds: { gfx: 16 },
        },
      ]),
    );
  });

  it('counts a client once that is open several times, or in several processes', () => {
    const memory = { memory: { vram: 5 } };
    const uses = [use(1, '1', 3, memory), use(1, '1', 3, memory), use(2, '1', 3, memory)];
    expect(add(uses)).toMatchObject([{ processes: 2, memoryBytes: 5, engineSeconds: { gfx: 3 } }]);
  });

  it('tells clients of two GPUs apart that have the same number', () => {
    const readings = add([use(1, '1', 3), use(1, '1', 4, { pdev: OTHER.pciBusId })]);
    expect(readings.map(({ engineSeconds }) => engineSeconds)).toEqual([{ gfx: 3 }, { gfx: 4 }]);
  });

  it('keeps what a client has used when it ends', () => {
    add([use(1, '1', 3), use(2, '2', 4)]);
    expect(gfxOf(add([use(2, '2', 5)], 1))).toBe(8);
    const rest = add([], 2);
    expect(rest).toMatchObject([{ processes: 0, memoryBytes: undefined, engineSeconds: { gfx: 8 } }]);
    expect(gfxOf(add([use(1, '9', 1)], 3))).toBe(9);
  });

  it('does not count a client anew that was passed over for a while', () => {
    add([use(1, '1', 3)]);
    add([], 60_000);
    expect(gfxOf(add([use(1, '1', 3.5)], 120_000))).toBe(3.5);
  });

  it('gives the same reading again as long as nothing changes', () => {
    const [first] = add([use(1, '1', 3)]);
    expect(add([use(1, '1', 3)], 1)[0]).toBe(first);
    expect(add([use(1, '1', 4)], 2)[0]).not.toBe(first);
    const [rest] = add([], 3);
    expect(add([], 4)[0]).toBe(rest);
  });

  it('turns cycles into seconds by the time that went by', () => {
    const at = (busy: number, total: number): DrmUse => ({
      pid: 1,
      client: client('1', { engineCycles: { rcs: { busy, total } } }),
    });
    const rcs = (readings: readonly GpuUnitReading[]) => readings[0]?.engineSeconds['rcs'];
    expect(rcs(add([at(500, 10_000)], 0))).toBe(0);
    expect(rcs(add([at(750, 11_000)], 10_000))).toBe(2.5);
    expect(rcs(add([at(750, 11_000)], 20_000))).toBe(2.5);
    expect(rcs(add([at(0, 100)], 30_000))).toBe(2.5);
    expect(rcs(add([at(50, 200)], 40_000))).toBe(7.5);
  });

  it('leaves out GPUs that nobody asked for, and processes that nobody knows', () => {
    expect(add([use(1, '1', 1), use(99, '2', 1)], 0, [OTHER])).toEqual([]);
    expect(add([use(1, '1', 1, { pdev: '' })])).toEqual([]);
  });

  it('calls GPUs by the numbers that they have now, also where they are at rest', () => {
    const onOther = { pdev: OTHER.pciBusId };
    add([use(1, '1', 1), use(1, '2', 1, onOther)]);
    const swapped = [
      { ...CARD, gpu: '1' },
      { ...OTHER, gpu: '0' },
    ];
    const readings = add([use(1, '2', 1, onOther)], 1, swapped);
    expect(readings.map(({ gpu, pciBusId }) => [gpu, pciBusId]).sort()).toEqual([
      ['0', OTHER.pciBusId],
      ['1', CARD.pciBusId],
    ]);
  });

  it('tells containers apart, which by the driver cgroupfs are in no unit', () => {
    const id = 'c'.repeat(64);
    units.set(5, { unit: '', scope: 'system', container: id });
    const readings = add([use(4, '1', 1), use(5, '2', 2)]);
    expect(readings.map(({ unit, container }) => [unit, container])).toEqual([
      ['', undefined],
      ['', id.slice(0, 12)],
    ]);
  });

  it('tells nothing of a GPU that has gone', () => {
    add([use(1, '1', 1)]);
    expect(add([], 1, [OTHER])).toEqual([]);
  });

  it('forgets a unit that has used no GPU for an hour', () => {
    add([use(1, '1', 1)]);
    expect(add([], 3_600_000)).toHaveLength(1);
    expect(add([], 3_600_001)).toEqual([]);
  });

  it('tells of 500 units at most, those that used a GPU last', () => {
    for (let pid = 100; pid < 700; pid += 1) {
      units.set(pid, { unit: `run-${pid}.scope`, scope: 'system' });
      add([use(pid, String(pid), 1)], pid);
    }
    const names = add([], 700).map(({ unit }) => unit);
    expect(names).toHaveLength(500);
    expect(names).toContain('run-699.scope');
    expect(names).not.toContain('run-199.scope');
  });

  it('never goes back, whatever clients come, go and say', () => {
    const anyUse = fc.record({
      pid: fc.constantFrom(1, 2, 3, 4, 5),
      clientId: fc.constantFrom('1', '2', '3'),
      gfx: fc.nat(1000),
      busy: fc.nat(1000),
      total: fc.nat(1000),
    });
    fc.assert(
      fc.property(fc.array(fc.array(anyUse)), (scans) => {
        const own = createUnitUsage();
        let before = new Map<string, number>();
        scans.forEach((scan, index) => {
          const uses = scan.map(({ pid, clientId, gfx, busy, total }) =>
            use(pid, clientId, gfx, { engineCycles: { rcs: { busy, total } } }),
          );
          const now = new Map<string, number>();
          for (const { unit, user, engineSeconds } of own.add(
            uses,
            [CARD],
            (pid) => units.get(pid),
            index * 15_000,
          )) {
            for (const [engine, seconds] of Object.entries(engineSeconds)) {
              now.set(`${user}/${unit}/${engine}`, seconds ?? Number.NaN);
            }
          }
          for (const [key, seconds] of before) expect(now.get(key)).toBeGreaterThanOrEqual(seconds);
          before = now;
        });
      }),
    );
  });
});
