import type { Lab } from '../lab/lab.ts';

/** What `systemctl show` says of one unit, or of systemd itself: property to text. */
export type Shown = ReadonlyMap<string, string>;

/** All that systemctl shows at one moment. */
export interface ShownSystem {
  readonly manager: Shown;
  /** Every unit that `systemctl list-units --all` lists, by name. */
  readonly units: ReadonlyMap<string, Shown>;
}

/** Microseconds are told, and times are UTC, whatever the lab's time zone. */
const SHOW = ['systemctl', 'show', '--all', '--timestamp=us+utc'];

const UNIT_PROPERTIES = [
  ...['Id', 'LoadState', 'ActiveState', 'SubState', 'UnitFileState', 'NeedDaemonReload', 'ControlGroup'],
  ...['ActiveEnterTimestamp', 'ActiveExitTimestamp', 'InactiveEnterTimestamp', 'InactiveExitTimestamp'],
  ...['Result', 'Type', 'NRestarts', 'ExecMainCode', 'ExecMainStatus'],
  ...['NAccepted', 'NConnections', 'NRefused'],
  ...['IPAccounting', 'IPIngressBytes', 'IPEgressBytes', 'IPIngressPackets', 'IPEgressPackets'],
  ...['TasksCurrent', 'TasksMax', 'MemoryCurrent', 'MemoryMax'],
];

/** Of timers systemctl shows whole seconds and time spans, busctl what is there. */
const TIMER_PROPERTIES = ['LastTriggerUSec', 'NextElapseUSecRealtime', 'NextElapseUSecMonotonic'];

/** Asks systemctl for everything; some half a second. */
export async function readShown(lab: Lab): Promise<ShownSystem> {
  const names = await listedUnits(lab);
  const show = [...SHOW, '-p', UNIT_PROPERTIES.join(), '--', ...names];
  const { stdout } = await lab.run(show);
  const units = new Map(
    stdout.split('\n\n').map((text) => [parseShown(text).get('Id') ?? '', parseShown(text)]),
  );
  for (const name of names.filter((one) => one.endsWith('.timer'))) {
    units.set(name, new Map([...(units.get(name) ?? []), ...(await readTimer(lab, name))]));
  }
  return { manager: parseShown((await lab.run(SHOW)).stdout), units };
}

/** The names of all units in systemd's memory, but those of devices, which are not exported. */
async function listedUnits(lab: Lab): Promise<readonly string[]> {
  const list = ['systemctl', 'list-units', '--all', '--full', '--plain', '--no-legend'];
  const { stdout } = await lab.run(list);
  return stdout
    .split('\n')
    .map((line) => line.trim().split(' ')[0] ?? '')
    .filter((name) => name !== '' && !name.endsWith('.device'));
}

function parseShown(text: string): Shown {
  const pairs = text.split('\n').map((line) => [line.indexOf('='), line] as const);
  return new Map(pairs.filter(([at]) => at > 0).map(([at, line]) => [line.slice(0, at), line.slice(at + 1)]));
}

async function readTimer(lab: Lab, name: string): Promise<Shown> {
  const get = ['busctl', 'get-property', 'org.freedesktop.systemd1', objectPath(name)];
  const { stdout } = await lab.run([...get, 'org.freedesktop.systemd1.Timer', ...TIMER_PROPERTIES]);
  const values = stdout.split('\n').map((line) => line.replace(/^t /, ''));
  return new Map(TIMER_PROPERTIES.map((property, index) => [property, values[index] ?? '']));
}

/** Source: `bus_label_escape` of systemd. */
function objectPath(name: string): string {
  const hex = (character: string): string => `_${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  return `/org/freedesktop/systemd1/unit/${name.replaceAll(/[^A-Za-z0-9]|^[0-9]/g, hex)}`;
}

/** A text that systemctl shows; empty if there is none. */
export function shownText(shown: Shown, property: string): string {
  return shown.get(property) ?? '';
}

/** A number; undefined for `infinity`, `[not set]`, `[no data]` and 2^64-1, and where there is none. */
export function shownNumber(shown: Shown, property: string): number | undefined {
  const text = shownText(shown, property);
  return /^\d+$/.test(text) && BigInt(text) < 2n ** 64n - 1n ? Number(text) : undefined;
}

/** Unix seconds of a date such as `Sat 2026-11-21 12:38:04.367250 UTC`; 0 for one that never was. */
export function shownSeconds(shown: Shown, property: string): number {
  const text = shownText(shown, property);
  if (text === '' || text === 'n/a') return 0;
  const [, day, time, micros] = /^\S+ (\S+) (\S+)\.(\d{6}) UTC$/.exec(text) ?? [];
  if (micros === undefined) throw new Error(`${property}: not a date with microseconds: ${text}`);
  return (Date.parse(`${day}T${time}Z`) * 1000 + Number(micros)) / 1e6;
}
