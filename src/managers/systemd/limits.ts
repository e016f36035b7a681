import { Failure } from '../../domain/errors.ts';
import type { Outcome } from '../../domain/repair.ts';
import {
  LIMIT_PROPERTIES,
  type LimitProperty,
  type Limits,
  type LimitValues,
} from '../../domain/throttle.ts';
import { isUnitName, type UnitRef, unitType } from '../../domain/unit.ts';
import type { Bus } from '../../host/bus.ts';
import { loadUnit, property, setUint64Properties, someProperties } from '../../host/systemd/systemd1.ts';
import { unlessLost } from './answer.ts';

/** Interfaces of the units that have limits, by type. */
const FACES: ReadonlyMap<string, string> = new Map([
  ['service', 'Service'],
  ['slice', 'Slice'],
  ['scope', 'Scope'],
]);

/** Which limit stands in which property. */
const PROPERTIES = [
  ['cpuQuota', 'CPUQuotaPerSecUSec'],
  ['memoryHigh', 'MemoryHigh'],
  ['cpuWeight', 'CPUWeight'],
  ['ioWeight', 'IOWeight'],
] as const satisfies readonly (readonly [keyof Limits, LimitProperty])[];

const MAX_UINT64 = 2n ** 64n - 1n;

/**
 * The values of the properties behind these limits, as systemd has them now.
 *
 * Throws Failure `refused` for a unit that can have none, `not-found`, `unreadable`; BusFault as systemd says it.
 */
export async function readLimits(
  bus: Bus,
  { name }: UnitRef,
  limits: Limits,
  signal: AbortSignal,
): Promise<LimitValues> {
  const what = `reading the limits of ${name}`;
  const face = FACES.get(unitType(name));
  if (face === undefined || !isUnitName(name)) {
    throw new Failure('refused', `${what}: only services, slices and scopes have any`);
  }
  const path = await loadUnit(bus, name, signal);
  if ((await property(bus, path, 'Unit', 'LoadState', signal)) === 'not-found') {
    throw new Failure('not-found', `${what}: there is no such unit`);
  }
  const names = PROPERTIES.flatMap(([limit, name]) => (limits[limit] === undefined ? [] : [name]));
  const found = await someProperties(bus, path, face, names, signal);
  return Object.fromEntries(names.map((one) => [one, decimal(found.get(one), `${what}: ${one}`)]));
}

function decimal(value: unknown, what: string): string {
  if (typeof value === 'bigint') return value.toString();
  throw new Failure('unreadable', `${what} is no number of 64 bits`);
}

/** What became of setting limits; the unit is for others to look at. Throws BusFault as systemd says it. */
export async function writeLimits(
  bus: Bus,
  { name }: UnitRef,
  values: LimitValues,
  signal: AbortSignal,
): Promise<Pick<Outcome, 'accepted' | 'jobResult' | 'detail'>> {
  const given = LIMIT_PROPERTIES.flatMap((property) => {
    const value = values[property];
    return value === undefined ? [] : [[property, value] as const];
  });
  const words = given.map(([property, value]) => `${property}=${value}`).join(' ');
  const wrong = given.find(([, value]) => !isUint64(value));
  if (wrong !== undefined) {
    const detail = `${name}: ${wrong.join('=')} is no decimal number of 64 bits; nothing was set`;
    return { accepted: false, jobResult: '', detail };
  }
  const numbers = new Map(given.map(([property, value]) => [property, BigInt(value)]));
  await unlessLost(`limit ${name}`, setUint64Properties(bus, name, numbers, signal));
  const detail = `systemd has set ${words || 'nothing'} of ${name}, until the machine restarts`;
  return { accepted: true, jobResult: 'done', detail };
}

function isUint64(text: string): boolean {
  return /^\d{1,20}$/.test(text) && BigInt(text) <= MAX_UINT64;
}
