import type {
  FileReading,
  ServiceReading,
  SocketReading,
  TimerReading,
  UnitReading,
} from '../../domain/reading.ts';
import { isActiveState, unitType } from '../../domain/unit.ts';
import { type Properties, seconds, text } from './properties.ts';

/** The interface that holds a type's own properties, and which of them are read. */
export interface TypeInterface {
  readonly face: string;
  readonly properties: readonly string[];
  /** What else is worth asking for, seeing these. Each property of a thousand units takes systemd 40 ms. */
  readonly more?: (own: Properties) => readonly string[];
}

const WITH_CGROUP = ['ControlGroup', 'Result'];

const TYPE_INTERFACES: Readonly<Record<string, TypeInterface>> = {
  automount: { face: 'Automount', properties: ['Result'] },
  mount: { face: 'Mount', properties: [...WITH_CGROUP, 'Type'] },
  path: { face: 'Path', properties: ['Result'] },
  scope: { face: 'Scope', properties: WITH_CGROUP },
  slice: { face: 'Slice', properties: ['ControlGroup'] },
  service: {
    face: 'Service',
    properties: [...WITH_CGROUP, 'Type', 'NRestarts', 'ExecMainCode'],
    // Code 0: its main process has never ended.
    more: (own) => (own.get('ExecMainCode') === 0 ? [] : ['ExecMainStatus']),
  },
  socket: { face: 'Socket', properties: [...WITH_CGROUP, 'NAccepted', 'NConnections', 'NRefused'] },
  swap: { face: 'Swap', properties: WITH_CGROUP },
  timer: {
    face: 'Timer',
    properties: ['Result', 'LastTriggerUSec', 'NextElapseUSecRealtime', 'NextElapseUSecMonotonic'],
  },
};

/**
 * What is read about every unit, one by one, beyond what the list of units tells.
 *
 * Not with GetAll: that asks for UnitFileState too, which costs systemd 2.3 ms a unit the first time and after
 * every daemon-reload (measured on 252; the others cost 0.02 ms).
 */
export const UNIT_PROPERTIES: readonly string[] = [
  'ActiveEnterTimestamp',
  'ActiveExitTimestamp',
  'InactiveEnterTimestamp',
  'InactiveExitTimestamp',
  'InvocationID',
];

/** What the list of units tells, and is read one by one where there is no list. */
export const STATE_PROPERTIES: readonly string[] = ['LoadState', 'ActiveState', 'SubState'];

/** What is read about every unit in rounds only: it is dear, and changes without a signal. */
export const FILE_PROPERTIES: readonly string[] = ['UnitFileState', 'NeedDaemonReload'];

/** Whether systemd counts a service's IP traffic. */
export const IP_ACCOUNTING = 'IPAccounting';

/** What a type's own properties have that changes without a signal; of the other types nothing does. */
const UNTOLD_PROPERTIES: Readonly<Record<string, readonly string[]>> = {
  service: ['NRestarts', IP_ACCOUNTING],
  socket: ['NAccepted', 'NConnections', 'NRefused'],
};

/** Properties of this name's type that change without a signal. */
export function untoldProperties(name: string): readonly string[] {
  return UNTOLD_PROPERTIES[unitType(name)] ?? [];
}

/** What is read about units of this name's type beyond what all units have. */
export function typeInterface(name: string): TypeInterface | undefined {
  return TYPE_INTERFACES[unitType(name)];
}

/** What cannot be read off a unit's own properties. */
export interface DecodeContext {
  /** Unix seconds at which the machine's monotonic clock was 0, to place timers that count from there. */
  readonly bootSeconds: number;
}

/** A unit's reading, or undefined if its state is none that we know. */
export function decodeUnit(
  name: string,
  unit: Properties,
  own: Properties,
  { bootSeconds }: DecodeContext,
): UnitReading | undefined {
  const loadState = text(unit, 'LoadState');
  const activeState = text(unit, 'ActiveState');
  if (loadState === '' || !isActiveState(activeState)) return undefined;
  const type = unitType(name);
  return {
    name,
    type,
    loadState,
    activeState,
    subState: text(unit, 'SubState'),
    activeEnterSeconds: seconds(unit, 'ActiveEnterTimestamp'),
    activeExitSeconds: seconds(unit, 'ActiveExitTimestamp'),
    inactiveEnterSeconds: seconds(unit, 'InactiveEnterTimestamp'),
    inactiveExitSeconds: seconds(unit, 'InactiveExitTimestamp'),
    service: type === 'service' ? decodeService(own) : undefined,
    mountType: type === 'mount' ? text(own, 'Type') : undefined,
    timer: type === 'timer' ? decodeTimer(own, bootSeconds) : undefined,
    socket: type === 'socket' ? decodeSocket(own) : undefined,
    result: text(own, 'Result') || undefined,
    controlGroup: text(own, 'ControlGroup') || undefined,
  };
}

/** A reading with what has been read anew of the properties that change without a signal. */
export function withUntold(reading: UnitReading | undefined, own: Properties): UnitReading | undefined {
  if (reading?.service !== undefined) {
    const restarts = count(own, 'NRestarts') ?? reading.service.restarts;
    return { ...reading, service: { ...reading.service, restarts } };
  }
  return reading?.socket === undefined ? reading : { ...reading, socket: decodeSocket(own) };
}

/** What is known of a unit's file. */
export function decodeFile(properties: Properties): FileReading {
  return {
    state: text(properties, 'UnitFileState'),
    needsReload: properties.get('NeedDaemonReload') === true,
  };
}

/** `CLD_EXITED` of waitid(2): the process ended by itself; other codes stand for signals. */
const CLD_EXITED = 1;

function decodeService(own: Properties): ServiceReading | undefined {
  const restarts = count(own, 'NRestarts');
  if (restarts === undefined) return undefined;
  const code = count(own, 'ExecMainCode') ?? 0;
  const status = count(own, 'ExecMainStatus');
  return {
    type: text(own, 'Type'),
    restarts,
    exitStatus: code === CLD_EXITED ? status : undefined,
    exitSignal: code > CLD_EXITED ? status : undefined,
  };
}

function decodeTimer(own: Properties, bootSeconds: number): TimerReading {
  const realtime = seconds(own, 'NextElapseUSecRealtime');
  const monotonic = seconds(own, 'NextElapseUSecMonotonic');
  // A timer may wait on both clocks; the earlier one wins. 0 is "not on this clock".
  const next = [realtime || undefined, monotonic ? bootSeconds + monotonic : undefined];
  const planned = next.filter((time) => time !== undefined);
  return {
    lastTriggerSeconds: seconds(own, 'LastTriggerUSec'),
    nextElapseSeconds: planned.length === 0 ? undefined : Math.min(...planned),
  };
}

function decodeSocket(own: Properties): SocketReading {
  return {
    accepted: count(own, 'NAccepted'),
    connections: count(own, 'NConnections'),
    refused: count(own, 'NRefused'),
  };
}

function count(properties: Properties, name: string): number | undefined {
  const value = properties.get(name);
  return typeof value === 'number' ? value : undefined;
}
