import type { ServiceReading, UnitReading } from '../../domain/reading.ts';
import { isActiveState, unitType } from '../../domain/unit.ts';

/** Properties of a unit by name, as D-Bus gives them: text, and 64-bit numbers as bigint. */
export type Properties = ReadonlyMap<string, unknown>;

/** The interface that holds a type's own properties, and which of them are read. */
export interface TypeInterface {
  readonly face: string;
  readonly properties: readonly string[];
}

const WITH_CGROUP = ['ControlGroup'];

const TYPE_INTERFACES: Readonly<Record<string, TypeInterface>> = {
  mount: { face: 'Mount', properties: [...WITH_CGROUP, 'Type'] },
  scope: { face: 'Scope', properties: WITH_CGROUP },
  service: { face: 'Service', properties: [...WITH_CGROUP, 'Type', 'NRestarts'] },
  socket: { face: 'Socket', properties: WITH_CGROUP },
  swap: { face: 'Swap', properties: WITH_CGROUP },
};

/** What is read about units of this name's type beyond what all units have. */
export function typeInterface(name: string): TypeInterface | undefined {
  return TYPE_INTERFACES[unitType(name)];
}

/** "Unknown" or "infinite" in systemd's numbers. */
const UINT64_MAX = 2n ** 64n - 1n;

/** A unit's reading, or undefined if it is not loaded or its state is none that we know. */
export function decodeUnit(name: string, unit: Properties, own: Properties): UnitReading | undefined {
  const activeState = text(unit, 'ActiveState');
  if (text(unit, 'LoadState') !== 'loaded' || !isActiveState(activeState)) return undefined;
  const type = unitType(name);
  return {
    name,
    type,
    activeState,
    subState: text(unit, 'SubState'),
    activeEnterSeconds: seconds(unit, 'ActiveEnterTimestamp'),
    activeExitSeconds: seconds(unit, 'ActiveExitTimestamp'),
    inactiveEnterSeconds: seconds(unit, 'InactiveEnterTimestamp'),
    inactiveExitSeconds: seconds(unit, 'InactiveExitTimestamp'),
    service: type === 'service' ? decodeService(own) : undefined,
    mountType: type === 'mount' ? text(own, 'Type') : undefined,
    controlGroup: text(own, 'ControlGroup') || undefined,
  };
}

function decodeService(own: Properties): ServiceReading | undefined {
  const restarts = own.get('NRestarts');
  if (typeof restarts !== 'number') return undefined;
  return { type: text(own, 'Type'), restarts };
}

function text(properties: Properties, name: string): string {
  const value = properties.get(name);
  return typeof value === 'string' ? value : '';
}

/** Microseconds since 1970 to seconds; 0, systemd's "never", stays 0. */
function seconds(properties: Properties, name: string): number | undefined {
  const value = properties.get(name);
  return typeof value === 'bigint' && value !== UINT64_MAX ? Number(value) / 1e6 : undefined;
}
