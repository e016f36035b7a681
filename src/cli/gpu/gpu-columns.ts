import type { GpuUser } from '../../app/gpu-users.ts';
import type { SeenGpu } from '../../app/seen-gpus.ts';
import type { GpuReading, MigReading } from '../../domain/gpu.ts';
import type { Column } from '../table/column.ts';
import { formatBytes, formatBytesBriefly } from '../table/human.ts';
import { heatColour, shownCelsius } from './heat.ts';
import { gpuName, processName, shortGpuName } from './names.ts';
import { gpuNotes } from './notes.ts';
import type { GpuRow } from './view.ts';

/** What stands for a value that is not known. */
const NONE = '-';

/** The columns of the table of GPUs. Below a GPU only those that say something of what is there have text. */
export function gpuColumns(nowSeconds: number): readonly Column<GpuRow>[] {
  return [
    { heading: 'GPU', align: 'right', cell: ofGpu(({ reading }) => reading.gpu || NONE) },
    {
      heading: 'NAME',
      cell: (row) => name(row, gpuName),
      brief: (row) => name(row, shortGpuName),
      shortened: true,
    },
    {
      heading: 'TEMP',
      align: 'right',
      cell: ofGpu(({ reading }) => shown(shownCelsius(reading), (celsius) => `${Math.round(celsius)} C`)),
      colour: (row) => (row.kind === 'gpu' ? heatColour(row.seen.reading) : undefined),
    },
    {
      heading: 'UTIL',
      align: 'right',
      cell: ofGpu(({ reading }) => shown(reading.utilization.gpu, percent)),
      leftOut: 5,
    },
    {
      heading: 'POWER',
      align: 'right',
      cell: ofGpu(({ reading }) => shown(reading.powerWatts, (watts) => `${Math.round(watts)} W`)),
      brief: ofGpu(({ reading }) => shown(reading.powerWatts, (watts) => `${Math.round(watts)}W`)),
      leftOut: 4,
    },
    {
      heading: '',
      joined: true,
      cell: ofGpu(({ reading }) =>
        limit(reading.powerLimits.enforced, (watts) => ` / ${Math.round(watts)} W`),
      ),
      brief: ofGpu(({ reading }) => limit(reading.powerLimits.enforced, (watts) => `/${Math.round(watts)}W`)),
      leftOut: 2,
    },
    {
      heading: 'MEMORY',
      cell: (row) => bar(row, 10),
      brief: (row) => bar(row, 5),
      leftOut: 6,
    },
    {
      heading: 'USED',
      align: 'right',
      cell: (row) => shown(memory(row).used, formatBytes),
      brief: (row) => shown(memory(row).used, formatBytesBriefly),
      leftOut: 7,
    },
    {
      heading: '',
      joined: true,
      cell: (row) => limit(memory(row).total, (bytes) => ` / ${formatBytes(bytes)}`),
      brief: (row) => limit(memory(row).total, (bytes) => `/${formatBytesBriefly(bytes)}`),
      leftOut: 3,
    },
    {
      heading: 'FAN',
      align: 'right',
      cell: ofGpu(({ reading }) => shown(reading.fanRatio, percent)),
      leftOut: 1,
    },
    {
      heading: 'NOTE',
      cell: (row) => note(row, nowSeconds),
      brief: (row) => shortNote(row, nowSeconds),
      colour: (row) => (row.kind === 'gpu' ? gpuNotes(row.seen, nowSeconds)[0]?.colour : undefined),
      shortened: true,
    },
  ];
}

function ofGpu(cell: (seen: SeenGpu) => string): (row: GpuRow) => string {
  return (row) => (row.kind === 'gpu' ? cell(row.seen) : '');
}

function shown(value: number | undefined, format: (value: number) => string): string {
  return value === undefined ? NONE : format(value);
}

function limit(value: number | undefined, format: (value: number) => string): string {
  return value === undefined ? '' : format(value);
}

function percent(ratio: number): string {
  return `${Math.round(ratio * 100)}%`;
}

function name(row: GpuRow, nameOf: (reading: GpuReading) => string): string {
  switch (row.kind) {
    case 'gpu':
      return nameOf(row.seen.reading);
    case 'mig':
      return `  ${migName(row.mig)}`;
    case 'unit':
      return `  ${unitName(row.user)}`;
    case 'process':
      return `    ${row.process.pid} ${processName(row.process.name) || NONE}`;
    default:
      return row satisfies never;
  }
}

function migName({ gpuInstance, profile }: MigReading): string {
  return `MIG ${gpuInstance}${profile === '' ? '' : ` (${profile})`}`;
}

function unitName({ unit, user, container }: GpuUser): string {
  if (unit === undefined) return 'unit not known';
  if (unit === '') return container === undefined ? 'no unit' : `container ${container}`;
  return user === undefined ? unit : `${unit} (${user})`;
}

type Memory = { readonly used?: number | undefined; readonly total?: number | undefined };

function memory(row: GpuRow): Memory {
  switch (row.kind) {
    case 'gpu':
      return row.seen.reading.memory;
    case 'mig':
      return row.mig.memory;
    case 'unit':
      return { used: row.user.memoryBytes };
    case 'process':
      return { used: row.process.memoryBytes };
    default:
      return row satisfies never;
  }
}

/** At least how full a memory is, as in `[####......]`; those who use it have none of their own. */
function bar(row: GpuRow, width: number): string {
  if (row.kind === 'unit' || row.kind === 'process') return '';
  const { used, total } = memory(row);
  if (used === undefined || total === undefined || total <= 0) return NONE;
  const full = Math.floor(Math.min(1, used / total) * width);
  return `[${'#'.repeat(full)}${'.'.repeat(width - full)}]`;
}

function note(row: GpuRow, nowSeconds: number): string {
  if (row.kind === 'gpu') return texts(row.seen, nowSeconds).join(', ');
  if (row.kind === 'unit') return unitNote(row.user);
  return row.kind === 'process' ? (KINDS[row.process.type] ?? '') : '';
}

/** The worst, and how many there are besides; what a process does as the driver writes it. */
function shortNote(row: GpuRow, nowSeconds: number): string {
  if (row.kind === 'process') return row.process.type;
  if (row.kind !== 'gpu') return note(row, nowSeconds);
  const [worst = '', ...others] = texts(row.seen, nowSeconds);
  return others.length === 0 ? worst : `${worst} +${others.length}`;
}

function texts(seen: SeenGpu, nowSeconds: number): readonly string[] {
  return gpuNotes(seen, nowSeconds).map(({ text }) => text);
}

function unitNote({ processes }: GpuUser): string {
  return `${processes} ${processes === 1 ? 'process' : 'processes'}`;
}

const KINDS: Readonly<Record<string, string>> = { C: 'computes', G: 'draws', 'C+G': 'computes and draws' };
