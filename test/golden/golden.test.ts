import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createCgroupCollector } from '../../src/collectors/cgroup.ts';
import { createRemediatorCollector } from '../../src/collectors/remediator.ts';
import { createSystemdCollector } from '../../src/collectors/systemd.ts';
import { createThermalCollector } from '../../src/collectors/thermal.ts';
import { CGROUP_VALUES } from '../../src/domain/cgroup.ts';
import type { CgroupReading, RemediatorReading, SystemdReading } from '../../src/domain/reading.ts';
import { createScrape } from '../../src/metrics/scrape.ts';
import { recordedLog } from '../fakes/recorded-log.ts';
import { serviceReading, unitReading } from '../fakes/unit-reading.ts';
import { scrapedPage } from '../metrics/pages.ts';
import { parsePage } from '../metrics/text-format.ts';

const SYSTEMD: SystemdReading = {
  up: true,
  manager: { version: '252.38-1~deb12u1', systemState: 'degraded', jobs: 0 },
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

const CGROUPS: readonly CgroupReading[] = [
  {
    unit: 'nginx.service',
    type: 'service',
    values: Object.fromEntries(CGROUP_VALUES.map((name, index) => [name, 1000 + index])),
  },
  { unit: 'mnt-data\\x2ddisk.mount', type: 'mount', values: { 'memory.current': 0 } },
];

const REMEDIATOR: RemediatorReading = {
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
  queueLength: 1,
  ledgerErrors: 0,
  lastRepairSeconds: 1_767_225_700.125,
};

/** A clock that a glance moves on by an eighth of a second. */
function glancingClock(): () => number {
  let now = 0;
  return () => {
    now += 125;
    return now;
  };
}

const scrape = createScrape({
  collectors: [
    createSystemdCollector(() => SYSTEMD),
    createCgroupCollector(async () => CGROUPS),
    createThermalCollector(async () => [
      { zone: '0', type: 'acpitz', celsius: 27.8 },
      { zone: '1', type: 'CV0-therm', celsius: undefined },
    ]),
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
});
