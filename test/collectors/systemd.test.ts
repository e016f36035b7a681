import { describe, expect, it } from 'vitest';
import type { Block } from '../../src/collectors/collector.ts';
import { createSystemdCollector, type SystemdSeries } from '../../src/collectors/systemd.ts';
import type { ManagerReading } from '../../src/domain/manager.ts';
import type { Sample } from '../../src/domain/metric.ts';
import type { SystemdReading, UnitReading } from '../../src/domain/reading.ts';
import { FAILURE_RESULTS } from '../../src/domain/unit-events.ts';
import { serviceReading, unitReading } from '../fakes/unit-reading.ts';

const NO_FAILURES = {
  'exit-code': 0,
  signal: 0,
  'core-dump': 0,
  timeout: 0,
  watchdog: 0,
  'oom-kill': 0,
  'start-limit-hit': 0,
  resources: 0,
  other: 0,
};

const MANAGER: ManagerReading = {
  version: '252.38-1',
  systemState: 'degraded',
  jobs: 2,
  bootStages: [],
  watchdog: undefined,
};

/** There are no users' managers. */
const nobody = () => [];

const SERIES: SystemdSeries = { unitState: 'full', oldTypes: false };

/** All samples of a reading. */
function systemdSamples(reading: SystemdReading, series: Partial<SystemdSeries> = {}): readonly Sample[] {
  const { collect } = createSystemdCollector(() => reading, nobody, { ...SERIES, ...series });
  const blocks = collect(new AbortController().signal);
  if (blocks instanceof Promise) throw new Error('the collector of units never waits');
  return blocks.flatMap((block: Block) => block.samples());
}

/** The samples of units alone, without those of systemd itself. */
function unitSamples(...units: readonly UnitReading[]): readonly Sample[] {
  return systemdSamples({ up: true, manager: undefined, units }).filter(
    ({ metric }) => metric.name !== 'systemd_units',
  );
}

/** Samples in short: name, label values, value. */
function short(samples: readonly Sample[]): readonly (readonly [string, string, number])[] {
  return samples.map(({ metric, labels, value }) => [
    metric.name,
    metric.labels.map((label) => labels[label]).join(' '),
    value,
  ]);
}

const notStates = (samples: readonly Sample[]) =>
  samples.filter(({ metric }) => metric.name !== 'systemd_unit_state');

describe('systemdSamples', () => {
  it('tells of a running service its states, kind, times and restarts', () => {
    const unit = unitReading({
      service: serviceReading({ restarts: 3 }),
      activeExitSeconds: 7,
      inactiveEnterSeconds: 8,
    });
    expect(short(unitSamples(unit))).toEqual([
      ['fettle_systemd_up', '', 1],
      ['systemd_unit_load_state_info', 'nginx.service service loaded', 1],
      ['systemd_unit_state', 'nginx.service service active', 1],
      ['systemd_unit_state', 'nginx.service service reloading', 0],
      ['systemd_unit_state', 'nginx.service service inactive', 0],
      ['systemd_unit_state', 'nginx.service service failed', 0],
      ['systemd_unit_state', 'nginx.service service activating', 0],
      ['systemd_unit_state', 'nginx.service service deactivating', 0],
      ['systemd_unit_state', 'nginx.service service maintenance', 0],
      ['systemd_unit_state', 'nginx.service service refreshing', 0],
      ['systemd_unit_info', 'nginx.service service  notify', 1],
      ['systemd_unit_start_time_seconds', 'nginx.service service', 1_767_225_600.5],
      ['systemd_unit_active_enter_time_seconds', 'nginx.service service', 1_767_225_600.5],
      ['systemd_unit_active_exit_time_seconds', 'nginx.service service', 7],
      ['systemd_unit_inactive_enter_time_seconds', 'nginx.service service', 8],
      ['systemd_unit_inactive_exit_time_seconds', 'nginx.service service', 1_767_225_600.25],
      ['systemd_unit_substate_info', 'nginx.service service running', 1],
      ['systemd_unit_file_state_info', 'nginx.service service enabled', 1],
      ['systemd_unit_need_daemon_reload', 'nginx.service service', 0],
      ['systemd_service_restart_total', 'nginx.service', 3],
      ['systemd_service_last_result_info', 'nginx.service success', 1],
    ]);
  });

  it.each([
    'active',
    'reloading',
    'inactive',
    'failed',
    'activating',
    'deactivating',
    'maintenance',
    'refreshing',
  ] as const)('has exactly one state at 1: %s', (activeState) => {
    const samples = unitSamples(unitReading({ activeState }));
    const states = samples.filter(({ metric }) => metric.name === 'systemd_unit_state');
    expect(states.filter(({ value }) => value === 1).map(({ labels }) => labels['state'])).toEqual([
      activeState,
    ]);
  });

  it('has no start time of a unit that is not active', () => {
    const samples = unitSamples(unitReading({ activeState: 'failed', activeEnterSeconds: 9 }));
    expect(short(samples)).toContainEqual(['systemd_unit_start_time_seconds', 'nginx.service service', 0]);
    expect(short(samples)).toContainEqual([
      'systemd_unit_active_enter_time_seconds',
      'nginx.service service',
      9,
    ]);
  });

  it('tells of a mount its file system, and no restarts', () => {
    const unit = unitReading({ name: 'home.mount', type: 'mount', service: undefined, mountType: 'ext4' });
    const names = short(notStates(unitSamples(unit)));
    expect(names).toContainEqual(['systemd_unit_info', 'home.mount mount ext4 ', 1]);
    expect(names.map(([name]) => name)).not.toContain('systemd_service_restart_total');
  });

  it('has no kind for a unit that is neither service nor mount', () => {
    const unit = unitReading({ name: 'a.timer', type: 'timer', service: undefined });
    expect(unitSamples(unit).map(({ metric }) => metric.name)).not.toContain('systemd_unit_info');
  });

  it('leaves out times that are not known', () => {
    const unit = unitReading({
      activeEnterSeconds: undefined,
      inactiveExitSeconds: undefined,
      service: undefined,
      file: { state: '', needsReload: true },
    });
    expect(notStates(unitSamples(unit)).map(({ metric }) => metric.name)).toEqual([
      'fettle_systemd_up',
      'systemd_unit_load_state_info',
      'systemd_unit_active_exit_time_seconds',
      'systemd_unit_inactive_enter_time_seconds',
      'systemd_unit_substate_info',
      'systemd_unit_need_daemon_reload',
    ]);
  });

  it('tells how a service ended: by itself with a code, or by a signal', () => {
    const exited = unitReading({ service: serviceReading({ exitStatus: 3 }), result: 'exit-code' });
    expect(short(unitSamples(exited))).toContainEqual(['systemd_service_exit_code', 'nginx.service', 3]);
    expect(short(unitSamples(exited))).toContainEqual([
      'systemd_service_last_result_info',
      'nginx.service exit-code',
      1,
    ]);
    const killed = short(unitSamples(unitReading({ service: serviceReading({ exitSignal: 9 }) })));
    expect(killed).toContainEqual(['systemd_service_exit_signal', 'nginx.service', 9]);
    expect(killed.map(([name]) => name)).not.toContain('systemd_service_exit_code');
  });

  it('tells of a timer when it triggered, when it will, and how it fared', () => {
    const timer = { lastTriggerSeconds: 5, nextElapseSeconds: 9 };
    const unit = unitReading({ name: 'a.timer', type: 'timer', service: undefined, timer });
    expect(short(unitSamples(unit))).toEqual(
      expect.arrayContaining([
        ['systemd_timer_last_trigger_seconds', 'a.timer', 5],
        ['systemd_timer_next_elapse_seconds', 'a.timer', 9],
        ['systemd_timer_last_result_info', 'a.timer success', 1],
      ]),
    );
    const idle = { ...unit, timer: { lastTriggerSeconds: 0, nextElapseSeconds: undefined } };
    expect(short(unitSamples(idle)).map(([name]) => name)).not.toContain('systemd_timer_next_elapse_seconds');
  });

  it('tells of a socket its connections', () => {
    const socket = { accepted: 7, connections: 2, refused: 1 };
    const unit = unitReading({ name: 'a.socket', type: 'socket', service: undefined, socket });
    expect(short(unitSamples(unit))).toEqual(
      expect.arrayContaining([
        ['systemd_socket_accepted_connections_total', 'a.socket', 7],
        ['systemd_socket_current_connections', 'a.socket', 2],
        ['systemd_socket_refused_connections_total', 'a.socket', 1],
      ]),
    );
  });

  it('has every failure of a service at 0 from the start', () => {
    const unit = unitReading({
      events: { activations: 0, failures: NO_FAILURES, lastFailureSeconds: undefined },
    });
    const told = short(unitSamples(unit)).filter(([name]) => /failure|activation|oom/.test(name));
    expect(told).toEqual([
      ...FAILURE_RESULTS.map((result) => [
        'systemd_unit_failures_total',
        `nginx.service service ${result}`,
        0,
      ]),
      ['systemd_unit_activations_total', 'nginx.service service', 0],
      ['systemd_unit_oom_kills_total', 'nginx.service service', 0],
    ]);
  });

  it('counts what failed, and tells when', () => {
    const failures = { ...NO_FAILURES, 'oom-kill': 2 };
    const unit = unitReading({ events: { activations: 3, failures, lastFailureSeconds: 7 } });
    expect(short(unitSamples(unit))).toEqual(
      expect.arrayContaining([
        ['systemd_unit_failures_total', 'nginx.service service oom-kill', 2],
        ['systemd_unit_activations_total', 'nginx.service service', 3],
        ['systemd_unit_oom_kills_total', 'nginx.service service', 2],
        ['systemd_unit_last_failure_timestamp_seconds', 'nginx.service service', 7],
      ]),
    );
  });

  it('tells of systemd itself its version, state and jobs, and counts its units', () => {
    const units = [unitReading(), unitReading({ name: 'b.service', activeState: 'failed' })];
    expect(short(systemdSamples({ up: true, manager: MANAGER, units }))).toEqual(
      expect.arrayContaining([
        ['systemd_version_info', '252.38-1', 1],
        ['systemd_system_state', 'running', 0],
        ['systemd_system_state', 'degraded', 1],
        ['systemd_jobs', '', 2],
        ['systemd_units', 'active', 1],
        ['systemd_units', 'failed', 1],
        ['systemd_units', 'inactive', 0],
      ]),
    );
  });

  it('tells nothing but that systemd is away while it is: an old state is no state', () => {
    expect(short(systemdSamples({ up: false, manager: MANAGER, units: [unitReading()] }))).toEqual([
      ['fettle_systemd_up', '', 0],
    ]);
  });
});

describe('createSystemdCollector', () => {
  it('reads anew at every scrape, and declares every metric that it gives', async () => {
    let up = false;
    const read = () => ({ up, manager: MANAGER, units: [unitReading()] });
    const { collect, metrics } = createSystemdCollector(read, nobody, SERIES);
    const samples = async () =>
      (await collect(new AbortController().signal)).flatMap((block) => block.samples());
    expect(await samples()).toHaveLength(1);
    up = true;
    for (const { metric } of await samples()) expect(metrics).toContain(metric);
  });

  it.each([
    ['full', 8, 1],
    ['nonzero', 1, 1],
    ['off', 0, 0],
  ] as const)('tells %s states: %d series a unit', (unitState, series, ones) => {
    const reading = { up: true, manager: undefined, units: [unitReading({ activeState: 'failed' })] };
    const states = systemdSamples(reading, { unitState }).filter(
      ({ metric }) => metric.name === 'systemd_unit_state',
    );
    expect([states.length, states.filter(({ value }) => value === 1).length]).toEqual([series, ones]);
    for (const { labels, value } of states) expect(value).toBe(labels['state'] === 'failed' ? 1 : 0);
  });

  it('tells of a unit that is not loaded that it is not, and nothing else', () => {
    const unit = unitReading({ loadState: 'not-found', activeState: 'inactive' });
    expect(short(unitSamples(unit))).toEqual([
      ['fettle_systemd_up', '', 1],
      ['systemd_unit_load_state_info', 'nginx.service service not-found', 1],
    ]);
  });

  it('types refused connections as systemd_exporter does if that is wished', () => {
    const socket = { accepted: 1, connections: 2, refused: 3 };
    const units = [unitReading({ type: 'socket', service: undefined, socket })];
    const typeOf = (oldTypes: boolean) =>
      systemdSamples({ up: true, manager: undefined, units }, { oldTypes }).find(
        ({ metric }) => metric.name === 'systemd_socket_refused_connections_total',
      )?.metric.type;
    expect([typeOf(false), typeOf(true)]).toEqual(['counter', 'gauge']);
  });
});
