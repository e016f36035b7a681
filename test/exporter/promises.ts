import { type Expectations, type Labels, type Range, seriesKey, within } from './series.ts';
import { type Shown, type ShownSystem, shownNumber, shownSeconds, shownText } from './shown.ts';

/** What the series of units depend on. */
export interface UnitChoices {
  readonly unitState: 'full' | 'nonzero' | 'off';
  /** Whether systemd_exporter's names are used. */
  readonly oldTypes: boolean;
  /** Whether the states of unit files have been read, which takes fettle a minute. */
  readonly withFiles: boolean;
}

/** Labels beside those that tell the unit, and a value or the values that there may be. */
type Told = readonly (readonly [labels: Labels, value: number | Range])[];

/** A metric that units of some types have, and what `systemctl show` lets it say of one of them. */
interface Row {
  readonly metric: string;
  readonly types: readonly string[];
  /** Units are told by name and type; by name alone where the metric says the type. */
  readonly by: 'name' | 'name and type';
  readonly told: (unit: Shown, choices: UnitChoices) => Told;
}

const EVERY = [
  ...['automount', 'mount', 'path', 'scope', 'service', 'slice', 'socket', 'swap', 'target', 'timer'],
];

/** What has runs that can fail. */
const RUNNING = ['mount', 'scope', 'service', 'socket', 'swap', 'timer'];

/** States of units, in systemd's words. */
export const ACTIVE_STATES = [
  ...['active', 'reloading', 'inactive', 'failed', 'activating', 'deactivating', 'maintenance', 'refreshing'],
];

const FAILURE_RESULTS = [
  ...['exit-code', 'signal', 'core-dump', 'timeout', 'watchdog', 'oom-kill', 'start-limit-hit'],
  ...['resources', 'other'],
];

const single = (value: number | Range | undefined): Told => (value === undefined ? [] : [[{}, value]]);
const info = (label: string, text: string): Told => (text === '' ? [] : [[{ [label]: text }, 1]]);
const flag = (holds: boolean): number => (holds ? 1 : 0);

/** Every loaded unit. `waitid` tells an exit by code 1, signals by others. */
const ROWS: readonly Row[] = [
  row('unit_state', EVERY, stateOf),
  row('unit_substate_info', EVERY, (unit) => info('substate', shownText(unit, 'SubState'))),
  row('unit_info', ['mount', 'service'], kindOf),
  row('unit_file_state_info', EVERY, (unit, { withFiles }) =>
    withFiles ? info('state', shownText(unit, 'UnitFileState')) : [],
  ),
  row('unit_need_daemon_reload', EVERY, (unit, { withFiles }) =>
    withFiles ? single(flag(shownText(unit, 'NeedDaemonReload') === 'yes')) : [],
  ),
  row('unit_start_time_seconds', EVERY, (unit) =>
    single(shownText(unit, 'ActiveState') === 'active' ? shownSeconds(unit, 'ActiveEnterTimestamp') : 0),
  ),
  row('unit_active_enter_time_seconds', EVERY, (unit) => single(shownSeconds(unit, 'ActiveEnterTimestamp'))),
  row('unit_active_exit_time_seconds', EVERY, (unit) => single(shownSeconds(unit, 'ActiveExitTimestamp'))),
  row('unit_inactive_enter_time_seconds', EVERY, (unit) =>
    single(shownSeconds(unit, 'InactiveEnterTimestamp')),
  ),
  row('unit_inactive_exit_time_seconds', EVERY, (unit) =>
    single(shownSeconds(unit, 'InactiveExitTimestamp')),
  ),
  byName('service_restart_total', 'service', (unit) => single(shownNumber(unit, 'NRestarts'))),
  byName('service_last_result_info', 'service', (unit) => info('result', shownText(unit, 'Result'))),
  byName('service_exit_code', 'service', (unit) =>
    single(shownText(unit, 'ExecMainCode') === '1' ? shownNumber(unit, 'ExecMainStatus') : undefined),
  ),
  byName('service_exit_signal', 'service', (unit) =>
    single(Number(shownText(unit, 'ExecMainCode')) > 1 ? shownNumber(unit, 'ExecMainStatus') : undefined),
  ),
  byName('timer_last_trigger_seconds', 'timer', (unit) =>
    single((shownNumber(unit, 'LastTriggerUSec') ?? 0) / 1e6),
  ),
  byName('timer_next_elapse_seconds', 'timer', nextElapse),
  byName('timer_last_result_info', 'timer', (unit) => info('result', shownText(unit, 'Result'))),
  byName('socket_accepted_connections_total', 'socket', (unit) => single(shownNumber(unit, 'NAccepted'))),
  byName('socket_current_connections', 'socket', (unit) => single(shownNumber(unit, 'NConnections'))),
  byName('socket_refused_connections_total', 'socket', (unit) => single(shownNumber(unit, 'NRefused'))),
  // Counted from when fettle was started, and nothing has happened since.
  row('unit_failures_total', ['service'], () => FAILURE_RESULTS.map((result) => [{ result }, 0])),
  row('unit_activations_total', RUNNING, () => single(0)),
  row('unit_oom_kills_total', ['service'], () => single(0)),
  traffic('ingress_bytes', 'IPIngressBytes'),
  traffic('egress_bytes', 'IPEgressBytes'),
  traffic('ingress_packets', 'IPIngressPackets'),
  traffic('egress_packets', 'IPEgressPackets'),
];

function row(metric: string, types: readonly string[], told: Row['told']): Row {
  return { metric: `systemd_${metric}`, types, by: 'name and type', told };
}

function byName(metric: string, type: string, told: Row['told']): Row {
  return { metric: `systemd_${metric}`, types: [type], by: 'name', told };
}

function traffic(what: string, property: string): Row {
  return byName(`service_ip_${what}_total`, 'service', (unit) =>
    single(shownText(unit, 'IPAccounting') === 'yes' ? shownNumber(unit, property) : undefined),
  );
}

function stateOf(unit: Shown, { unitState }: UnitChoices): Told {
  const now = shownText(unit, 'ActiveState');
  const all: Told = ACTIVE_STATES.map((state) => [{ state }, flag(state === now)]);
  return unitState === 'off' ? [] : all.filter(([, value]) => unitState === 'full' || value === 1);
}

function kindOf(unit: Shown): Told {
  const type = shownText(unit, 'Type');
  const isMount = shownText(unit, 'Id').endsWith('.mount');
  return [[{ mount_type: isMount ? type : '', service_type: isMount ? '' : type }, 1]];
}

/** Of two clocks the earlier; where the monotonic one began can be told to milliseconds only. */
function nextElapse(unit: Shown): Told {
  const realtime = shownNumber(unit, 'NextElapseUSecRealtime') || Number.POSITIVE_INFINITY;
  const monotonic = shownNumber(unit, 'NextElapseUSecMonotonic') || Number.POSITIVE_INFINITY;
  const bootSeconds = Date.now() / 1000 - Number(process.hrtime.bigint()) / 1e9;
  const next = Math.min(realtime / 1e6, bootSeconds + monotonic / 1e6);
  return Number.isFinite(next) ? single(within(next, 0.1)) : [];
}

const LOAD_STATE = 'systemd_unit_load_state_info';

/** Metrics of which this table knows what is promised. */
export const UNIT_METRICS: readonly string[] = [LOAD_STATE, ...ROWS.map(({ metric }) => metric)];

/** What the page must say of every unit beside its cgroup. */
export function promisedOfUnits({ units }: ShownSystem, choices: UnitChoices): Expectations {
  return new Map([...units].flatMap(([name, unit]) => [...promisedOf(name, unit, choices)]));
}

/** Of a unit that is not loaded nothing but that is told. */
function promisedOf(name: string, unit: Shown, choices: UnitChoices): Expectations {
  const type = name.slice(name.lastIndexOf('.') + 1);
  const loadState = shownText(unit, 'LoadState');
  const promised = new Map([[seriesKey(LOAD_STATE, { name, type, load_state: loadState }), within(1)]]);
  if (loadState !== 'loaded') return promised;
  for (const { metric, by, told } of ROWS.filter(({ types }) => types.includes(type))) {
    const own: Labels = by === 'name' ? { name } : { name, type };
    for (const [labels, value] of told(unit, choices)) {
      const key = seriesKey(nameIn(metric, choices), { ...own, ...labels });
      promised.set(key, typeof value === 'number' ? within(value) : value);
    }
  }
  return promised;
}

function nameIn(metric: string, { oldTypes }: UnitChoices): string {
  return oldTypes ? metric.replace(/^(systemd_service_ip_.*_bytes)_total$/, '$1') : metric;
}
