import { describe, expect, it } from 'vitest';
import { watchdogSamples } from '../../../src/collectors/systemd/watchdog.ts';
import type { WatchdogReading } from '../../../src/domain/manager.ts';

const FED: WatchdogReading = {
  device: '/dev/watchdog0',
  lastPingMonotonicSeconds: 812.5,
  lastPingSeconds: 1762252602.5,
  runtimeSeconds: 30,
};

const UNFED = { lastPingMonotonicSeconds: undefined, lastPingSeconds: undefined };

describe('watchdogSamples', () => {
  const cases: readonly [string, WatchdogReading | undefined, readonly string[]][] = [
    [
      'tells when a watchdog was last pinged, and how long it waits',
      FED,
      [
        'systemd_watchdog_enabled 1',
        'systemd_watchdog_last_ping_monotonic_seconds{device="/dev/watchdog0"} 812.5',
        'systemd_watchdog_last_ping_time_seconds{device="/dev/watchdog0"} 1762252602.5',
        'systemd_watchdog_runtime_seconds{device="/dev/watchdog0"} 30',
      ],
    ],
    [
      'leaves out pings that never were',
      { ...FED, ...UNFED },
      ['systemd_watchdog_enabled 1', 'systemd_watchdog_runtime_seconds{device="/dev/watchdog0"} 30'],
    ],
    [
      'says of a watchdog that is switched off that it waits 0 s, which is for ever',
      { ...FED, ...UNFED, runtimeSeconds: 0 },
      ['systemd_watchdog_enabled 1', 'systemd_watchdog_runtime_seconds{device="/dev/watchdog0"} 0'],
    ],
    [
      'leaves out a time that is up to the device',
      { ...FED, ...UNFED, runtimeSeconds: undefined },
      ['systemd_watchdog_enabled 1'],
    ],
    [
      'says of no device only that there is none',
      { device: '', ...UNFED, runtimeSeconds: 0 },
      ['systemd_watchdog_enabled 0'],
    ],
    ['says nothing where systemd does not say', undefined, []],
  ];

  it.each(cases)('%s', (_, watchdog, expected) => {
    const samples = watchdogSamples({
      version: '',
      systemState: 'running',
      jobs: 0,
      bootStages: [],
      watchdog,
    });
    const written = samples.map(({ metric, labels, value }) => {
      const device = labels['device'] === undefined ? '' : `{device="${labels['device']}"}`;
      return `${metric.name}${device} ${value}`;
    });
    expect(written).toEqual(expected);
  });
});
