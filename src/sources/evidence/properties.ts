import { unitType } from '../../domain/unit.ts';
import type { Bus } from '../../host/bus.ts';
import { allProperties, invocationText, loadUnit } from '../../host/systemd/systemd1.ts';
import type { UnitProperties } from './parts.ts';

/** No `Environment`, and no command lines: they are where secrets are. */
const OF_UNIT = [
  'Id',
  'Description',
  'FragmentPath',
  'LoadState',
  'ActiveState',
  'SubState',
  'UnitFileState',
  'ConditionResult',
  'NeedDaemonReload',
  'InvocationID',
  'StateChangeTimestamp',
  'InactiveExitTimestamp',
  'ActiveEnterTimestamp',
  'ActiveExitTimestamp',
  'InactiveEnterTimestamp',
] as const;

const OF_TYPE = [
  'Type',
  'User',
  'Group',
  'ControlGroup',
  'Result',
  'MainPID',
  'StatusText',
  'StatusErrno',
  'ExecMainStartTimestamp',
  'ExecMainExitTimestamp',
  'ExecMainCode',
  'ExecMainStatus',
  'NRestarts',
  'Restart',
  'RestartUSec',
  'TimeoutStartUSec',
  'TimeoutStopUSec',
  'WatchdogUSec',
  'OOMPolicy',
  'MemoryCurrent',
  'MemoryPeak',
  'MemoryHigh',
  'MemoryMax',
  'MemorySwapMax',
  'CPUUsageNSec',
  'CPUQuotaPerSecUSec',
  'CPUWeight',
  'IOWeight',
  'TasksCurrent',
  'TasksMax',
  'LimitNOFILE',
] as const;

/** What systemd says of a unit, its main properties. Throws BusFault, Failure or the signal's reason. */
export async function readUnitProperties(
  bus: Bus,
  name: string,
  signal: AbortSignal,
): Promise<UnitProperties> {
  const path = await loadUnit(bus, name, signal);
  const type = unitType(name);
  const face = `${type.charAt(0).toUpperCase()}${type.slice(1)}`;
  const [unit, own] = await Promise.all([
    allProperties(bus, path, 'Unit', signal),
    allProperties(bus, path, face, signal),
  ]);
  return Object.fromEntries([...chosen(unit, OF_UNIT), ...chosen(own, OF_TYPE)]);
}

type Plain = UnitProperties[string];

function chosen(
  properties: ReadonlyMap<string, unknown>,
  names: readonly string[],
): readonly (readonly [string, Plain])[] {
  return names.flatMap((name) => {
    const value = plainOf(name, properties.get(name));
    return value === undefined ? [] : [[name, value] as const];
  });
}

/** `UINT64_MAX`: no limit, or not known. */
const NONE = 18_446_744_073_709_551_615n;

function plainOf(name: string, value: unknown): Plain | undefined {
  if (typeof value === 'bigint') return plainNumber(name, value);
  if (Buffer.isBuffer(value)) return invocationText(value);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? value
    : undefined;
}

function plainNumber(name: string, value: bigint): Plain | undefined {
  if (value === NONE) return 'none';
  if (!name.endsWith('Timestamp')) return value <= Number.MAX_SAFE_INTEGER ? Number(value) : String(value);
  // Microseconds since 1970; 0 is never.
  return value === 0n ? undefined : new Date(Number(value / 1000n)).toISOString();
}
