import { constants } from 'node:os';
import type { CgroupValues } from '../../domain/cgroup.ts';
import type { UnitReading } from '../../domain/reading.ts';
import type { Colour, Column } from '../table/column.ts';
import {
  formatBytes,
  formatBytesBriefly,
  formatCpuTime,
  formatDuration,
  formatPercent,
} from '../table/human.ts';
import type { CpuRatios } from './cpu-meter.ts';
import { cpuSeconds, sinceSeconds, type UnitView } from './view.ts';

/** What the cells need to know beside the units. */
export interface ColumnContext {
  readonly nowSeconds: number;
  /** While watching: how busy each unit is. Without it the CPU time used so far is shown. */
  readonly cpuRatios: CpuRatios | undefined;
}

/** What stands for a value that there is not, or that is not known. */
const NONE = '-';

/** The columns of the table of units. */
export function unitColumns({ nowSeconds, cpuRatios }: ColumnContext): readonly Column<UnitView>[] {
  return [
    { heading: 'UNIT', cell: ({ unit }) => unit.name, shortened: true },
    {
      heading: 'STATE',
      cell: ({ unit }) => `${unit.activeState}/${unit.subState}`,
      brief: ({ unit }) => unit.subState,
      colour: ({ unit }) => stateColour(unit),
    },
    {
      heading: 'SINCE',
      align: 'right',
      cell: ({ unit }) => shown(sinceSeconds(unit), (since) => formatDuration(nowSeconds - since)),
      leftOut: 4,
    },
    {
      heading: 'RESTARTS',
      align: 'right',
      cell: ({ unit }) => shown(unit.service?.restarts, String),
      leftOut: 6,
    },
    {
      heading: 'MEMORY',
      align: 'right',
      cell: ({ values }) => shown(values['memory.current'], formatBytes),
      brief: ({ values }) => shown(values['memory.current'], formatBytesBriefly),
      leftOut: 8,
    },
    {
      heading: '',
      joined: true,
      cell: ({ values }) => limit(memoryLimit(values), (bytes) => ` / ${formatBytes(bytes)}`),
      brief: ({ values }) => limit(memoryLimit(values), (bytes) => `/${formatBytesBriefly(bytes)}`),
      leftOut: 5,
    },
    {
      heading: 'CPU',
      align: 'right',
      cell: (view) =>
        cpuRatios === undefined
          ? shown(cpuSeconds(view), formatCpuTime)
          : shown(cpuRatios.get(view.unit.name), formatPercent),
      // Watching is about who is busy now.
      leftOut: cpuRatios === undefined ? 3 : 7,
    },
    {
      heading: 'TASKS',
      align: 'right',
      cell: ({ values }) => shown(values['pids.current'], String),
      leftOut: 2,
    },
    {
      heading: '',
      joined: true,
      cell: ({ values }) => limit(values['pids.max'], (tasks) => ` / ${tasks}`),
      leftOut: 1,
    },
    { heading: 'NOTE', cell: ({ unit }) => note(unit, nowSeconds) ?? '' },
  ];
}

function shown(value: number | undefined, format: (value: number) => string): string {
  return value === undefined ? NONE : format(value);
}

function limit(value: number | undefined, format: (value: number) => string): string {
  return value === undefined ? '' : format(value);
}

/** What the kernel kills for; without that, what it slows down for. */
function memoryLimit(values: CgroupValues): number | undefined {
  return values['memory.max'] ?? values['memory.high'];
}

function stateColour({ activeState }: UnitReading): Colour | undefined {
  if (activeState === 'failed') return 'red';
  return activeState === 'active' || activeState === 'inactive' ? undefined : 'yellow';
}

function note(unit: UnitReading, nowSeconds: number): string | undefined {
  if (unit.loadState !== 'loaded') return unit.loadState;
  return failureNote(unit) ?? timerNote(unit, nowSeconds);
}

/** How the last run failed: `exit-code 3`, `signal KILL`, `oom-kill`; undefined if it did not. */
function failureNote({ result, service }: UnitReading): string | undefined {
  if (result === undefined || result === 'success') return undefined;
  if (result === 'exit-code' && service?.exitStatus !== undefined) return `${result} ${service.exitStatus}`;
  const signal = result === 'signal' || result === 'core-dump' ? service?.exitSignal : undefined;
  return signal === undefined ? result : `${result} ${signalName(signal)}`;
}

/** The name of a signal as systemctl writes it, without its `SIG`. */
function signalName(number: number): string {
  const named = Object.entries(constants.signals).find(([, value]) => value === number);
  return named?.[0].replace('SIG', '') ?? String(number);
}

/** When a timer triggers next; undefined for other units, and where nothing is planned. */
function timerNote({ timer }: UnitReading, nowSeconds: number): string | undefined {
  const next = timer?.nextElapseSeconds;
  return next === undefined ? undefined : `next in ${formatDuration(next - nowSeconds)}`;
}
