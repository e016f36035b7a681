import { describe, expect, it } from 'vitest';
import { tableLines } from '../../../src/cli/table/table.ts';
import { unitColumns } from '../../../src/cli/units/unit-columns.ts';
import type { UnitView } from '../../../src/cli/units/view.ts';
import type { CgroupValues } from '../../../src/domain/cgroup.ts';
import type { UnitReading } from '../../../src/domain/reading.ts';
import { serviceReading, unitReading } from '../../fakes/unit-reading.ts';

const NOW = 1_767_225_600;
const GIB = 1024 ** 3;

function view(unit: Partial<UnitReading>, values: CgroupValues = {}): UnitView {
  return { unit: unitReading({ activeEnterSeconds: NOW - 12_345, ...unit }), values };
}

const comfyui = view(
  { name: 'comfyui@a.service', service: serviceReading({ restarts: 12 }) },
  {
    'cpu.user': 12_000,
    'cpu.system': 345,
    'memory.current': 1.2 * GIB,
    'memory.high': 3 * GIB,
    'memory.max': 4 * GIB,
    'pids.current': 57,
    'pids.max': 28_909,
  },
);
const broken = view({
  name: 'broken.service',
  activeState: 'failed',
  subState: 'failed',
  inactiveEnterSeconds: NOW - 90_000,
  result: 'exit-code',
  service: serviceReading({ exitStatus: 3 }),
});
const nightly = view({
  name: 'nightly.timer',
  type: 'timer',
  subState: 'waiting',
  service: undefined,
  timer: { lastTriggerSeconds: 0, nextElapseSeconds: NOW + 7290 },
});

const written = (views: readonly UnitView[], cpuRatios?: ReadonlyMap<string, number>, colours = false) =>
  tableLines(unitColumns({ nowSeconds: NOW, cpuRatios }), views, { width: undefined, colours });

/** What stands under a heading for one unit. */
function cell(heading: string, one: UnitView, cpuRatios?: ReadonlyMap<string, number>): string {
  const column = unitColumns({ nowSeconds: NOW, cpuRatios }).find((column) => column.heading === heading);
  return column?.cell(one) ?? 'no such column';
}

describe('the table of units', () => {
  it('tells what there is to know in human units, and - for what is not known', () => {
    expect(written([broken, comfyui, nightly])).toEqual([
      'UNIT               STATE            SINCE  RESTARTS   MEMORY               CPU  TASKS          NOTE',
      'broken.service     failed/failed    1d 1h         0        -                 -      -          exit-code 3',
      'comfyui@a.service  active/running  3h 25m        12  1.2 GiB / 4.0 GiB  3h 25m     57 / 28909',
      'nightly.timer      active/waiting  3h 25m         -        -                 -      -          next in 2h 1m',
    ]);
  });

  it('shows while watching how busy a unit is', () => {
    const ratios = new Map([['comfyui@a.service', 1.875]]);
    expect(cell('CPU', comfyui, ratios)).toBe('188%');
    expect(cell('CPU', nightly, ratios)).toBe('-');
  });

  it('shows the limit from which memory is reclaimed where there is none to kill for', () => {
    const limited = view({}, { 'memory.current': GIB, 'memory.high': 3 * GIB });
    expect(written([limited])[1]).toContain('1.0 GiB / 3.0 GiB');
  });

  it.each([
    ['failed', '\u001b[31mfailed/dead\u001b[0m'],
    ['activating', '\u001b[33mactivating/dead\u001b[0m'],
    ['deactivating', '\u001b[33mdeactivating/dead\u001b[0m'],
    ['active', '  active/dead  '],
    ['inactive', '  inactive/dead  '],
  ] as const)('colours %s units', (activeState, shown) => {
    expect(written([view({ activeState, subState: 'dead' })], undefined, true)[1]).toContain(shown);
  });

  it.each<[string, Partial<UnitReading>]>([
    ['', { result: 'success' }],
    ['', { result: undefined }],
    ['exit-code 3', { result: 'exit-code', service: serviceReading({ exitStatus: 3 }) }],
    ['exit-code', { result: 'exit-code' }],
    ['signal KILL', { result: 'signal', service: serviceReading({ exitSignal: 9 }) }],
    ['core-dump SEGV', { result: 'core-dump', service: serviceReading({ exitSignal: 11 }) }],
    ['signal 64', { result: 'signal', service: serviceReading({ exitSignal: 64 }) }],
    ['oom-kill', { result: 'oom-kill', service: serviceReading({ exitSignal: 9 }) }],
    ['timeout', { result: 'timeout', service: serviceReading({ exitSignal: 15 }) }],
    ['resources', { type: 'timer', service: undefined, result: 'resources' }],
    ['masked', { loadState: 'masked', activeState: 'inactive', result: 'exit-code' }],
    ['next in 0s', { timer: { lastTriggerSeconds: 0, nextElapseSeconds: NOW - 1 } }],
    ['', { timer: { lastTriggerSeconds: 0, nextElapseSeconds: undefined } }],
  ])('notes "%s"', (note, unit) => {
    expect(cell('NOTE', view(unit))).toBe(note);
  });
});
