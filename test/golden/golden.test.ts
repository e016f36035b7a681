import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createCgroupCollector } from '../../src/collectors/cgroup.ts';
import { createIpCollector } from '../../src/collectors/ip.ts';
import { createRemediatorCollector } from '../../src/collectors/remediator.ts';
import { createSystemdCollector } from '../../src/collectors/systemd.ts';
import { createThermalCollector } from '../../src/collectors/thermal.ts';
import { CGROUP_VALUES } from '../../src/domain/cgroup.ts';
import type { ManagerReading } from '../../src/domain/manager.ts';
import type { CgroupReading, IpReading, SystemdReading, UserReading } from '../../src/domain/reading.ts';
import type { ThermalReading } from '../../src/domain/thermal.ts';
import { createScrape } from '../../src/metrics/scrape.ts';
import { recordedLog } from '../fakes/recorded-log.ts';
import { remediatorReading } from '../fakes/remediator-reading.ts';
import { serviceReading, unitReading } from '../fakes/unit-reading.ts';
import { scrapedPage } from '../metrics/pages.ts';
import { parseOpenMetrics } from '../metrics/openmetrics.ts';
import { parsePage } from '../metrics/text-format.ts';
import { glancingClock } from './glancing-clock.ts';

const SYSTEMD_MANAGER: ManagerReading = {
  version: '252.38-1~deb12u1',
  systemState: 'degraded',
  jobs: 0,
  bootStages: [{ stage: 'Userspace', monotonicSeconds: 1.5, timeSeconds: 1_767_225_500.25 }],
  watchdog: {
    device: '/dev/watchdog0',
    lastPingMonotonicSeconds: 99.5,
    lastPingSeconds: 1_767_225_598.25,
    runtimeSeconds: 30,
  },
};

const SYSTEMD: SystemdReading = {
  up: true,
  manager: SYSTEMD_MANAGER,
  units: [
    unitReading({ service: serviceReading() }),
    unitReading({
      name: 'comfyui@a.service',
      activeState: 'failed',
      subState: 'failed',
      activeExitSeconds: 1_767_225_601,
      inactiveEnterSeconds: 1_767_225_602.000001,
      service: serviceReading({ type: 'simple', restarts: 5, exitStatus: 3 }),
      result: 'exit-code',
      controlGroup: undefined,
    }),
    unitReading({
      name: 'mnt-data\\x2ddisk.mount',
      type: 'mount',
      subState: 'mounted',
      service: undefined,
      mountType: 'ext4',
      inactiveEnterSeconds: undefined,
    }),
    unitReading({
      name: 'backup.timer',
      type: 'timer',
      activeState: 'inactive',
      subState: 'dead',
      activeEnterSeconds: 0,
      inactiveExitSeconds: 0,
      service: undefined,
      controlGroup: undefined,
    }),
  ],
};

const ALICE: UserReading = {
  user: 'alice',
  systemd: {
    up: true,
    manager: { ...SYSTEMD_MANAGER, systemState: 'running', watchdog: undefined, bootStages: [] },
    units: [unitReading({ name: 'app-\\x22quoted\\x22.service', controlGroup: '/user.slice' })],
  },
};

const TRAFFIC: IpReading = {
  unit: 'nginx.service',
  values: { ingressBytes: 5, egressBytes: 6, ingressPackets: 7, egressPackets: undefined },
};

const CGROUPS: readonly CgroupReading[] = [
  { user: 'alice', unit: 'app.service', type: 'service', values: { 'memory.current': 1 } },
  {
    user: undefined,
    unit: 'nginx.service',
    type: 'service',
    values: Object.fromEntries(CGROUP_VALUES.map((name, index) => [name, 1000 + index])),
  },
  { user: undefined, unit: 'mnt-data\\x2ddisk.mount', type: 'mount', values: { 'memory.current': 0 } },
];

const REMEDIATOR = remediatorReading({
  decisions: [
    { policy: 'comfyui-failed', decision: 'run', reason: '', count: 2 },
    { policy: 'comfyui-failed', decision: 'rehearse', reason: '', count: 0 },
    { policy: 'comfyui-failed', decision: 'refuse', reason: 'cooldown', count: 1 },
  ],
  repairs: [
    { policy: 'comfyui-failed', action: 'restart', result: 'succeeded', count: 1 },
    { policy: 'comfyui-failed', action: 'restart', result: 'failed', count: 1 },
    { policy: 'comfyui-failed', action: 'restart', result: 'interrupted', count: 0 },
  ],
  alerts: [
    { outcome: 'accepted', count: 3 },
    { outcome: 'duplicate', count: 12 },
  ],
  seconds: [{ policy: 'comfyui-failed', action: 'restart', seconds: 62.25 }],
  endings: [
    { policy: 'comfyui-failed', ending: 'repaired', count: 1 },
    { policy: 'comfyui-failed', ending: 'exhausted', count: 1 },
  ],
  openCircuits: [{ policy: 'comfyui-failed', unit: 'comfyui@a.service', isOpen: true }],
  underRepair: [{ policy: 'comfyui-failed', unit: 'comfyui@a.service', isUnderWay: false }],
  budget: [{ windowSeconds: 3600, limit: 6, used: 2 }],
  queueLength: 1,
  oldestCaseSeconds: 12.5,
  lastRepairSeconds: 1_767_225_700.125,
});

const UNTOLD = { mode: '', policy: '', trips: [], readErrors: {} };

const THERMAL: ThermalReading = {
  zones: [
    { ...UNTOLD, zone: '0', type: 'acpitz', celsius: 27.8 },
    { ...UNTOLD, zone: '1', type: 'CV0-therm', celsius: undefined },
  ],
  coolingDevices: [],
  cpuThrottles: {},
};

const scrape = createScrape({
  collectors: [
    createSystemdCollector(
      () => SYSTEMD,
      () => [ALICE],
      { unitState: 'full', oldTypes: false },
    ),
    createIpCollector(async () => [TRAFFIC], false),
    createCgroupCollector(async () => CGROUPS),
    createThermalCollector(async () => THERMAL),
    createRemediatorCollector(() => REMEDIATOR),
  ],
  always: async () => [],
  limitMs: 3_600_000,
  elapsedMs: glancingClock(),
  log: recordedLog().log,
});

describe('the page of a machine with units, cgroups, thermal zones and repairs', () => {
  it('is that of units.metrics, byte for byte', async () => {
    const file = new URL('units.metrics', import.meta.url);
    const written = await scrapedPage(scrape);
    // UPDATE_GOLDEN=1 npx vitest run --project unit test/golden; the diff is the review.
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, written);
    expect(written).toBe(readFileSync(file, 'utf8'));
  });

  it('is of the text format, every series once', async () => {
    const { series, types, help } = parsePage(await scrapedPage(scrape));
    const keys = series.map(({ name, labels }) => JSON.stringify([name, labels]));
    expect(new Set(keys).size).toBe(keys.length);
    expect([...types.keys()]).toEqual([...help.keys()]);
    for (const [name, type] of types) expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
  });

  it('says the same in OpenMetrics, but for the durations', async () => {
    const text = parsePage(await scrapedPage(scrape)).series;
    const openmetrics = parseOpenMetrics(await scrapedPage(scrape, { format: 'openmetrics' })).series;
    const lasting = text.filter(({ name }) => !name.endsWith('_duration_seconds'));
    expect(openmetrics.filter(({ name }) => !name.endsWith('_duration_seconds'))).toEqual(lasting);
    expect(lasting.length).toBeGreaterThan(100);
  });
});
