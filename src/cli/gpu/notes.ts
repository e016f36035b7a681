import type { SeenGpu } from '../../app/seen-gpus.ts';
import type { EccCount, GpuReading } from '../../domain/gpu.ts';
import type { XidCount } from '../../domain/kernel-log.ts';
import type { Colour } from '../table/column.ts';
import { formatDuration } from '../table/human.ts';

/** Something about a GPU that people should know; red is broken, yellow needs a look, and without one it is normal. */
export interface GpuNote {
  readonly text: string;
  readonly colour: Colour | undefined;
}

/** What there is to note, the worst first. */
export function gpuNotes({ reading, state, driver, xids }: SeenGpu, nowSeconds: number): readonly GpuNote[] {
  const notes = [
    ...stateNotes(state, driver),
    ...recoveryNotes(reading),
    ...memoryNotes(reading),
    ...throttleNotes(reading),
    ...xidNotes(xids ?? [], nowSeconds),
  ];
  return notes.sort((one, other) => severity(one) - severity(other));
}

function severity({ colour }: GpuNote): number {
  if (colour === undefined) return 2;
  return colour === 'red' ? 0 : 1;
}

const red = (text: string): GpuNote => ({ text, colour: 'red' });
const yellow = (text: string): GpuNote => ({ text, colour: 'yellow' });
const plain = (text: string): GpuNote => ({ text, colour: undefined });

function stateNotes(state: SeenGpu['state'], driver: string): readonly GpuNote[] {
  switch (state) {
    case 'present':
      return [];
    case 'lost':
      return [red('lost')];
    case 'asleep':
      return [plain('asleep')];
    case 'given-away':
      return [plain(`given to a VM (${driver})`)];
    case 'driverless':
      return [yellow('no driver')];
    case 'unread':
      return [yellow(driver === '' ? 'not read' : `not read (driver ${driver})`)];
    default:
      return state satisfies never;
  }
}

const RECOVERY = [
  undefined,
  'reset required',
  'reboot required',
  'drain required',
  'drain and reset required',
];

function recoveryNotes({ recoveryAction = 0 }: GpuReading): readonly GpuNote[] {
  const text = RECOVERY[recoveryAction];
  return text === undefined ? [] : [red(text)];
}

function memoryNotes({ eccVolatile, remapFailure, remapPending }: GpuReading): readonly GpuNote[] {
  const uncorrected = eccErrors(eccVolatile, 'uncorrected') ?? 0;
  return [
    ...(remapFailure ? [red('row remapping failed')] : []),
    ...(uncorrected > 0 ? [red(`${uncorrected} ECC ${uncorrected === 1 ? 'error' : 'errors'}`)] : []),
    ...(remapPending ? [yellow('row remapping pending')] : []),
  ];
}

/** Errors of one severity in all of a GPU's memories; undefined if none of them is counted. */
export function eccErrors(counts: readonly EccCount[], severity: EccCount['severity']): number | undefined {
  const of = counts.filter((one) => one.severity === severity);
  return of.length === 0 ? undefined : of.reduce((sum, { count }) => sum + count, 0);
}

/** That of the power is how a busy GPU is; the driver also says that it idles, or does as it was told. */
function throttleNotes({ throttle }: GpuReading): readonly GpuNote[] {
  const isThermal = throttle.hw_thermal || throttle.sw_thermal;
  const isBraked = throttle.hw_power_brake;
  // The hardware's slowdown is the sum of the two, and told alone by old drivers.
  const isSlowed = throttle.hw_slowdown && !isThermal && !isBraked;
  return [
    ...(isThermal ? [yellow('throttled by heat')] : []),
    ...(isBraked ? [yellow('throttled by power brake')] : []),
    ...(isSlowed ? [yellow('throttled by hardware')] : []),
    ...(throttle.sw_power_cap ? [plain('power cap')] : []),
  ];
}

/** The last one: whoever looks wants to know what and how long ago, and the log has the rest. */
function xidNotes(xids: readonly XidCount[], nowSeconds: number): readonly GpuNote[] {
  const [last] = xids.toSorted((one, other) => (other.lastSeconds ?? 0) - (one.lastSeconds ?? 0));
  if (last?.lastSeconds === undefined) return [];
  return [yellow(`Xid ${last.xid} ${formatDuration(nowSeconds - last.lastSeconds)} ago`)];
}
