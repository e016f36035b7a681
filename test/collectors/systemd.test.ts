import { describe, expect, it } from 'vitest';
import { createSystemdCollector, systemdSamples } from '../../src/collectors/systemd.ts';
import type { Sample } from '../../src/domain/metric.ts';
import { unitReading } from '../fakes/unit-reading.ts';

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
      service: { type: 'notify', restarts: 3 },
      activeExitSeconds: 7,
      inactiveEnterSeconds: 8,
    });
    expect(short(systemdSamples({ up: true, units: [unit] }))).toEqual([
      ['fettle_systemd_up', '', 1],
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
      ['systemd_service_restart_total', 'nginx.service', 3],
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
    const samples = systemdSamples({ up: true, units: [unitReading({ activeState })] });
    const states = samples.filter(({ metric }) => metric.name === 'systemd_unit_state');
    expect(states.filter(({ value }) => value === 1).map(({ labels }) => labels['state'])).toEqual([
      activeState,
    ]);
  });

  it('has no start time of a unit that is not active', () => {
    const samples = systemdSamples({
      up: true,
      units: [unitReading({ activeState: 'failed', activeEnterSeconds: 9 })],
    });
    expect(short(samples)).toContainEqual(['systemd_unit_start_time_seconds', 'nginx.service service', 0]);
    expect(short(samples)).toContainEqual([
      'systemd_unit_active_enter_time_seconds',
      'nginx.service service',
      9,
    ]);
  });

  it('tells of a mount its file system, and no restarts', () => {
    const unit = unitReading({ name: 'home.mount', type: 'mount', service: undefined, mountType: 'ext4' });
    const names = short(notStates(systemdSamples({ up: true, units: [unit] })));
    expect(names).toContainEqual(['systemd_unit_info', 'home.mount mount ext4 ', 1]);
    expect(names.map(([name]) => name)).not.toContain('systemd_service_restart_total');
  });

  it('has no kind for a unit that is neither service nor mount', () => {
    const unit = unitReading({ name: 'a.timer', type: 'timer', service: undefined });
    expect(systemdSamples({ up: true, units: [unit] }).map(({ metric }) => metric.name)).not.toContain(
      'systemd_unit_info',
    );
  });

  it('leaves out times that are not known', () => {
    const unit = unitReading({
      activeEnterSeconds: undefined,
      inactiveExitSeconds: undefined,
      service: undefined,
    });
    expect(notStates(systemdSamples({ up: true, units: [unit] })).map(({ metric }) => metric.name)).toEqual([
      'fettle_systemd_up',
      'systemd_unit_active_exit_time_seconds',
      'systemd_unit_inactive_enter_time_seconds',
    ]);
  });

  it('tells nothing but that systemd is away while it is: an old state is no state', () => {
    expect(short(systemdSamples({ up: false, units: [unitReading()] }))).toEqual([
      ['fettle_systemd_up', '', 0],
    ]);
  });
});

describe('createSystemdCollector', () => {
  it('reads anew at every scrape, and declares every metric that it gives', async () => {
    let up = false;
    const { collect, metrics } = createSystemdCollector(() => ({ up, units: [unitReading()] }));
    const signal = new AbortController().signal;
    expect(await collect(signal)).toHaveLength(1);
    up = true;
    for (const { metric } of await collect(signal)) expect(metrics).toContain(metric);
  });
});
