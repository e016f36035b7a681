import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeLab } from '../lab/describe-lab.ts';
import { type LabExporter, type Scraped, startExporter } from '../lab/exporter.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { waitFor } from '../lab/wait.ts';

/** Collectors whose subject a plain virtual machine does not have, and those of the kernel and of the machine. */
const COLLECTORS = [
  'thermal',
  'hwmon',
  'machine',
  'gpu',
  'gpu_presence',
  'gpu_units',
  'jetson',
  'kernel_log',
];

/** What no such machine has. */
const SERIES = /^(gpu_|thermal_|cooling_device_|cpu_thermal_|hwmon_|fan_speed_|jetson_)/;

const PASSES = 4;

/** What is told without a GPU all the same: what of the kernel's log is counted from 0. */
const ALWAYS = /^kernel_(oom_kills_total|thermal_throttle_events_total|log_)/;

const loud = (log: string): readonly string[] =>
  log.split('\n').filter((line) => /"level":"(warn|error|fatal)"|^\S+ (warn|error|fatal)\b/.test(line));

const failing = (page: Scraped): readonly string[] =>
  page.series
    .filter(({ name, value }) => name === 'fettle_collector_success' && value !== 1)
    .map(({ labels }) => labels['collector'] ?? '');

describeLab('the exporter on a plain machine, without GPU, thermal zone and hwmon', () => {
  let lab: Lab;

  beforeAll(async () => {
    lab = await startLab();
    mkdirSync(join(lab.dir, 'sysfs'));
  });
  afterAll(() => lab?.stop());

  const start = (nvidia: Readonly<Record<string, string>>): Promise<LabExporter> =>
    startExporter(lab, { sysfs: join(lab.dir, 'sysfs'), gpu: { nvidia: { interval: '1s', ...nvidia } } });

  function isPlain(page: Scraped): void {
    expect(failing(page)).toEqual([]);
    for (const collector of COLLECTORS)
      expect([collector, page.values('fettle_collector_success', { collector })]).toEqual([collector, [1]]);
    expect(page.series.map(({ name }) => name).filter((name) => SERIES.test(name))).toEqual([]);
    const ofKernel = page.series.map(({ name }) => name).filter((name) => name.startsWith('kernel_'));
    expect(ofKernel.filter((name) => !ALWAYS.test(name))).toEqual([]);
    expect(page.values('systemd_unit_state').length).toBeGreaterThan(0);
  }

  it('has nothing to say of them, and nothing to complain of, where there is no nvidia-smi', async () => {
    const found = await lab.run(['sh', '-c', 'command -v nvidia-smi'], { check: false });
    expect(found.code).not.toBe(0);
    const exporter = await start({});
    isPlain(await exporter.scrape());
    // Every second it looks for a GPU, longer and longer apart as it finds none: several passes.
    const later = await exporter.until('some passes have gone by', (page) => {
      const [startedAt = Number.POSITIVE_INFINITY] = page.values('process_start_time_seconds');
      return Date.now() / 1000 - startedAt > 9 ? page : undefined;
    });
    isPlain(later);
    expect(loud(exporter.process.readLog())).toEqual([]);
    await exporter.process.stop();
  });

  it('is as quiet where the driver has left its tools, and they find no device', async () => {
    const path = join(lab.dir, 'nvidia-smi');
    const starts = join(lab.dir, 'starts');
    writeFileSync(path, `#!/bin/sh\necho >>'${starts}'\necho 'No devices were found'\nexit 6\n`);
    chmodSync(path, 0o755);
    const exporter = await start({ path });
    const passes = () => (existsSync(starts) ? readFileSync(starts, 'utf8').length : 0);
    await waitFor(`${PASSES} passes`, () => passes() >= PASSES || undefined, { timeoutMs: 40_000 });
    isPlain(await exporter.scrape());
    expect(loud(exporter.process.readLog())).toEqual([]);
    await exporter.process.stop();
  });
});
