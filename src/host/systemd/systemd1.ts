import { Failure } from '../../domain/errors.ts';
import { type Bus, type BusCall, BusFault, type BusSignal } from '../bus.ts';

/**
 * The calls of `org.freedesktop.systemd1` that fettle makes, with plain arguments and replies.
 *
 * Source: org.freedesktop.systemd1(5).
 */
const DESTINATION = 'org.freedesktop.systemd1';
const MANAGER_PATH = '/org/freedesktop/systemd1';
const MANAGER = 'org.freedesktop.systemd1.Manager';
const PROPERTIES = 'org.freedesktop.DBus.Properties';

const INTROSPECTABLE = 'org.freedesktop.DBus.Introspectable';

const BUS = 'org.freedesktop.DBus';

/** Signals of the manager itself (`UnitNew`, `UnitRemoved`, `JobRemoved`, `Reloading`). */
export const MANAGER_SIGNALS = `type='signal',sender='${DESTINATION}',path='${MANAGER_PATH}',interface='${MANAGER}'`;

/** Changed properties of units; not of jobs and other objects. */
export const UNIT_SIGNALS = `type='signal',sender='${DESTINATION}',path_namespace='${MANAGER_PATH}/unit',interface='${PROPERTIES}',member='PropertiesChanged'`;

/** systemd itself came, went or re-executed. */
const OWNER_SIGNALS = `type='signal',sender='org.freedesktop.DBus',member='NameOwnerChanged',arg0='${DESTINATION}'`;

/**
 * Listens to systemd's own signals, those that fit the rules, and to its coming and going (`NameOwnerChanged`).
 *
 * Match rules say what the bus sends us, not what others may send straight to us: any local user can address
 * a signal to our connection. So only those count that come from the owner of systemd's name, or from the bus.
 * Where systemd itself is at the other side, it sends all its signals and nobody else can send any.
 */
export async function listenToSystemd(
  bus: Bus,
  rules: readonly string[],
  listener: (signal: BusSignal) => void,
): Promise<void> {
  if (bus.peer) return bus.onSignal(listener);
  let owner: string | undefined;
  bus.onSignal(
    (signal) => {
      if (signal.sender !== BUS) return listener(signal);
      if (signal.body[0] !== DESTINATION) return;
      owner = String(signal.body[2]) || undefined;
      listener(signal);
    },
    ({ sender, member }) => (member === 'NameOwnerChanged' ? sender === BUS : sender === owner),
  );
  for (const rule of [OWNER_SIGNALS, ...rules]) await bus.addMatch(rule);
  const call = { destination: BUS, path: '/org/freedesktop/DBus', interface: BUS, member: 'GetNameOwner' };
  const [name] = await bus.call({ ...call, signature: 's', body: [DESTINATION] });
  owner ??= String(name);
}

/** What a bus answers in the place of one who has just left it, or is not there. */
const AWAY = ['NoReply', 'ServiceUnknown', 'NameHasNoOwner', 'Disconnected'].map(
  (name) => `org.freedesktop.DBus.Error.${name}`,
);

/** Whether a call failed because nobody answered it, which tells nothing of what was asked for. */
export function isAway(thrown: unknown): boolean {
  if (thrown instanceof Failure) return thrown.code === 'unreachable' || thrown.code === 'timeout';
  return thrown instanceof BusFault && AWAY.includes(thrown.errorName);
}

/** One row of `ListUnits`. */
export interface ListedUnit {
  readonly name: string;
  readonly loadState: string;
  readonly activeState: string;
  readonly subState: string;
  readonly path: string;
}

/** Asks systemd to send signals to this connection for as long as it lives. */
export async function subscribe(bus: Bus): Promise<void> {
  await manager(bus, 'Subscribe');
}

/** Every unit in systemd's memory. Throws BusFault if systemd cannot list them: `unitPaths` can. */
export async function listUnits(bus: Bus): Promise<readonly ListedUnit[]> {
  const [rows] = await manager(bus, 'ListUnits');
  return (Array.isArray(rows) ? rows : []).map((row: readonly unknown[]) => ({
    name: String(row[0]),
    loadState: String(row[2]),
    activeState: String(row[3]),
    subState: String(row[4]),
    path: String(row[6]),
  }));
}

/** Where systemd's units are, as children of an object. */
const UNITS_PATH = `${MANAGER_PATH}/unit`;

/**
 * The objects of all units in systemd's memory, of which nothing else is known then.
 *
 * For when they cannot be listed: systemd (252) describes a mount by its folder, and one that is no UTF-8 makes
 * the whole list an `Invalid argument`, also for systemctl.
 */
export async function unitPaths(bus: Bus): Promise<readonly string[]> {
  const call = {
    destination: DESTINATION,
    path: UNITS_PATH,
    interface: INTROSPECTABLE,
    member: 'Introspect',
  };
  const [xml] = await bus.call({ ...call, signature: '', body: [] });
  return [...String(xml).matchAll(/<node name="(\w+)"/g)].map(([, child]) => `${UNITS_PATH}/${child}`);
}

/** The name of the unit at a path, in which `_2e` stands for a dot. Source: `bus_label_unescape` of systemd. */
export function unitNameOf(path: string): string {
  const label = path.slice(UNITS_PATH.length + 1);
  return label.replaceAll(/_([0-9a-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** The object of a unit, loaded from disk if need be; a unit that does not exist has one too. */
export async function loadUnit(bus: Bus, name: string, signal?: AbortSignal): Promise<string> {
  const [path] = await manager(bus, 'LoadUnit', 's', [name], signal);
  return String(path);
}

/** Forgets that a unit failed, which also zeroes its start limit and restart count. */
export async function resetFailedUnit(bus: Bus, name: string, signal?: AbortSignal): Promise<void> {
  await manager(bus, 'ResetFailedUnit', 's', [name], signal);
}

/** Queues a restart, replacing a job that is in the way, and gives the object of the new job. */
export function restartUnit(bus: Bus, name: string, signal?: AbortSignal): Promise<string> {
  return queueJob(bus, 'RestartUnit', name, signal);
}

/** Queues a start, replacing a job that is in the way, and gives the object of the new job. */
export function startUnit(bus: Bus, name: string, signal?: AbortSignal): Promise<string> {
  return queueJob(bus, 'StartUnit', name, signal);
}

/** Queues a stop, replacing a job that is in the way, and gives the object of the new job. */
export function stopUnit(bus: Bus, name: string, signal?: AbortSignal): Promise<string> {
  return queueJob(bus, 'StopUnit', name, signal);
}

/** Queues a reload, replacing a job that is in the way, and gives the object of the new job. */
export function reloadUnit(bus: Bus, name: string, signal?: AbortSignal): Promise<string> {
  return queueJob(bus, 'ReloadUnit', name, signal);
}

/** Sets properties of 64 bits without a sign, such as `CPUQuotaPerSecUSec`, until the machine restarts. */
export async function setUint64Properties(
  bus: Bus,
  name: string,
  values: ReadonlyMap<string, bigint>,
  signal?: AbortSignal,
): Promise<void> {
  const properties = [...values].map(([property, value]) => [property, { signature: 't', value }]);
  await manager(bus, 'SetUnitProperties', 'sba(sv)', [name, true, properties], signal);
}

async function queueJob(bus: Bus, member: string, name: string, signal?: AbortSignal): Promise<string> {
  const [job] = await manager(bus, member, 'ss', [name, 'replace'], signal);
  return String(job);
}

/** All properties of an interface such as `Unit`, by name. */
export async function allProperties(
  bus: Bus,
  path: string,
  face: string,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, unknown>> {
  const call = { destination: DESTINATION, path, interface: PROPERTIES, member: 'GetAll', signature: 's' };
  const [properties] = await bus.call({ ...call, body: [`${DESTINATION}.${face}`] }, signal);
  return properties instanceof Map ? properties : new Map();
}

/** One property of an interface such as `Service`. */
export async function property(
  bus: Bus,
  path: string,
  face: string,
  name: string,
  signal?: AbortSignal,
): Promise<unknown> {
  const [value] = await bus.call(getCall(path, `${DESTINATION}.${face}`, name), signal);
  return value;
}

/** Some properties of an interface, by name. */
export async function someProperties(
  bus: Bus,
  path: string,
  face: string,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, unknown>> {
  const full = `${DESTINATION}.${face}`;
  const bodies = await bus.callAll(
    names.map((name) => getCall(path, full, name)),
    signal,
  );
  return new Map(names.map((name, index) => [name, bodies[index]?.[0]]));
}

function getCall(path: string, face: string, name: string): BusCall {
  const body = [face, name];
  return { destination: DESTINATION, path, interface: PROPERTIES, member: 'Get', signature: 'ss', body };
}

/** A property of the manager itself. */
export function managerProperty(bus: Bus, name: string): Promise<unknown> {
  return property(bus, MANAGER_PATH, 'Manager', name);
}

function manager(
  bus: Bus,
  member: string,
  signature = '',
  body: readonly unknown[] = [],
  signal?: AbortSignal,
): Promise<readonly unknown[]> {
  const call = { destination: DESTINATION, path: MANAGER_PATH, interface: MANAGER, member, signature, body };
  return bus.call(call, signal);
}

/** 16 bytes as 32 hexadecimal digits, the way journalctl writes them; empty before the first start. */
export function invocationText(value: unknown): string {
  return Buffer.isBuffer(value) && value.some((byte) => byte !== 0) ? value.toString('hex') : '';
}
