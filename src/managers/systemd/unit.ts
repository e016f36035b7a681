import { Failure } from '../../domain/errors.ts';
import { isActiveState, isUnitName, type Unit, type UnitRef, unitType } from '../../domain/unit.ts';
import { type Bus, BusFault } from '../../host/bus.ts';
import { allProperties, invocationText, loadUnit, someProperties } from '../../host/systemd/systemd1.ts';

/** When a unit came to a state or left it: microseconds since 1970, 0 for never. */
const CHANGES = [
  'ActiveEnterTimestamp',
  'ActiveExitTimestamp',
  'InactiveEnterTimestamp',
  'InactiveExitTimestamp',
] as const;

/**
 * A unit as it is now; undefined if systemd has none of that name, or takes no such name.
 *
 * Throws BusFault, or Failure if nobody answers, or answers with a state that there is not.
 */
export async function readUnit(bus: Bus, ref: UnitRef, signal: AbortSignal): Promise<Unit | undefined> {
  const path = await pathOf(bus, ref.name, signal);
  if (path === undefined) return undefined;
  const unit = await allProperties(bus, path, 'Unit', signal);
  const text = (name: string) => String(unit.get(name) ?? '');
  const activeState = text('ActiveState');
  if (text('LoadState') === 'not-found') return undefined;
  if (!isActiveState(activeState)) {
    throw new Failure(
      'unreadable',
      `reading ${ref.name}: systemd says that it is ${activeState || 'nothing'}`,
    );
  }
  const names = unit.get('Names');
  return {
    ref,
    id: text('Id'),
    names: Array.isArray(names) ? names.map(String) : [],
    loadState: text('LoadState'),
    activeState,
    subState: text('SubState'),
    ...(await readRuns(bus, ref, path, unit, signal)),
    invocationId: invocationText(unit.get('InvocationID')),
    canStart: unit.get('CanStart') === true && unit.get('RefuseManualStart') !== true,
    canStop: unit.get('RefuseManualStop') !== true,
    canReload: unit.get('CanReload') === true,
    isTransient: unit.get('Transient') === true,
    changedAt: changedAt(unit),
  };
}

/** The object of a unit, loaded if need be. systemd has one also for a unit of which there is no file. */
async function pathOf(bus: Bus, name: string, signal: AbortSignal): Promise<string | undefined> {
  if (!isUnitName(name)) return undefined;
  try {
    return await loadUnit(bus, name, signal);
  } catch (thrown) {
    // A template without an instance, for one.
    if (thrown instanceof BusFault && thrown.errorName.endsWith('.InvalidArgs')) return undefined;
    throw thrown;
  }
}

/** How the last run of a service went, and how often systemd started it again; others have no such thing. */
async function readRuns(
  bus: Bus,
  { name }: UnitRef,
  path: string,
  unit: ReadonlyMap<string, unknown>,
  signal: AbortSignal,
): Promise<Pick<Unit, 'result' | 'restarts' | 'endedByOrder' | 'isOneshot'>> {
  if (unitType(name) !== 'service') {
    return { result: '', restarts: undefined, endedByOrder: false, isOneshot: false };
  }
  const service = await someProperties(bus, path, 'Service', RUN, signal);
  const restarts = service.get('NRestarts');
  const result = String(service.get('Result') ?? '');
  return {
    result,
    restarts: typeof restarts === 'number' ? restarts : undefined,
    endedByOrder: endedByOrder(unit, service) && !BY_ITSELF.has(result),
    // One that stays active afterwards is as any other.
    isOneshot: service.get('Type') === 'oneshot' && service.get('RemainAfterExit') !== true,
  };
}

const RUN = [
  'Result',
  'NRestarts',
  'Type',
  'RemainAfterExit',
  'ExecMainStartTimestampMonotonic',
  'ExecMainExitTimestampMonotonic',
];

/** Results of runs that systemd or the kernel ended without anybody's order. */
const BY_ITSELF: ReadonlySet<string> = new Set(['watchdog', 'oom-kill']);

/**
 * Whether the main process ended after the unit had left `active`: it was told to. One that dies by itself takes its unit
 * along, which leaves `active` afterwards. Measured on systemd 252.
 */
function endedByOrder(unit: ReadonlyMap<string, unknown>, service: ReadonlyMap<string, unknown>): boolean {
  const began = Number(service.get('ExecMainStartTimestampMonotonic') ?? 0);
  const exited = Number(service.get('ExecMainExitTimestampMonotonic') ?? 0);
  const entered = Number(unit.get('ActiveEnterTimestampMonotonic') ?? 0);
  const left = Number(unit.get('ActiveExitTimestampMonotonic') ?? 0);
  // Of one run: it began, its unit was active and left that, and it ended.
  return began > 0 && entered > 0 && began <= left && entered <= left && left < exited;
}

function changedAt(unit: ReadonlyMap<string, unknown>): Date | undefined {
  const times = CHANGES.map((name) => Number(unit.get(name) ?? 0));
  const latest = Math.max(...times);
  return latest > 0 ? new Date(latest / 1000) : undefined;
}
