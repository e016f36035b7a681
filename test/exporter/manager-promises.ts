import { ACTIVE_STATES } from './promises.ts';
import { type Expectations, type Labels, seriesKey, within } from './series.ts';
import { type ShownSystem, shownNumber, shownSeconds, shownText } from './shown.ts';

/** Source: systemctl(1), is-system-running. */
const SYSTEM_STATES = [
  ...['initializing', 'starting', 'running', 'degraded', 'maintenance', 'stopping', 'offline', 'unknown'],
];

/** systemd dates these too, but they are no stages of the boot. */
const NO_STAGES = ['UnitsLoad', 'WatchdogLastPing'];

/** What the page must say of systemd itself; the lab has no watchdog. */
export function promisedOfManager(system: ShownSystem): Expectations {
  const { manager } = system;
  const state = shownText(manager, 'SystemState');
  return new Map([
    told('fettle_systemd_up', {}, 1),
    told('systemd_version_info', { version: shownText(manager, 'Version') }, 1),
    ...SYSTEM_STATES.map((one) => told('systemd_system_state', { state: one }, one === state ? 1 : 0)),
    told('systemd_jobs', {}, shownNumber(manager, 'NJobs') ?? Number.NaN),
    ...ACTIVE_STATES.map((one) => told('systemd_units', { state: one }, countOf(system, one))),
    ...stagesOf(system).flatMap((stage) => [
      told('systemd_boot_time_seconds', { stage }, shownSeconds(manager, `${stage}Timestamp`)),
      told('systemd_boot_monotonic_seconds', { stage }, monotonicSeconds(system, stage)),
    ]),
    told('systemd_watchdog_enabled', {}, 0),
  ]);
}

function told(name: string, labels: Labels, value: number) {
  return [seriesKey(name, labels), within(value)] as const;
}

function countOf({ units }: ShownSystem, state: string): number {
  const loaded = [...units.values()].filter((unit) => shownText(unit, 'LoadState') === 'loaded');
  return loaded.filter((unit) => shownText(unit, 'ActiveState') === state).length;
}

/** Every stage that systemd shows and that was reached. */
function stagesOf({ manager }: ShownSystem): readonly string[] {
  const stages = [...manager.keys()].flatMap((key) => /^(.+)TimestampMonotonic$/.exec(key)?.[1] ?? []);
  return stages.filter(
    (stage) => !NO_STAGES.includes(stage) && shownSeconds(manager, `${stage}Timestamp`) > 0,
  );
}

function monotonicSeconds({ manager }: ShownSystem, stage: string): number {
  return (shownNumber(manager, `${stage}TimestampMonotonic`) ?? Number.NaN) / 1e6;
}
