import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { askPage } from '../../exporter/asked-page.ts';
import { hungFile } from '../../fakes/hung-file.ts';
import { describeLab } from '../../lab/describe-lab.ts';
import { type LabExporter, startExporter } from '../../lab/exporter.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { parsePage } from '../../metrics/text-format.ts';

/** More than Node's pool has threads. */
const SCRAPES = 8;

/** So many too. */
const HUNG = ['0', '1', '2', '3', '4'];

describeLab('an exporter on a machine whose sensors hang', () => {
  let lab: Lab;
  let exporter: LabExporter;

  beforeAll(async () => {
    lab = await startLab();
    const zone = (number: string) => join(lab.dir, `sysfs/class/thermal/thermal_zone${number}`);
    for (const number of [...HUNG, '9']) {
      mkdirSync(zone(number), { recursive: true });
      writeFileSync(join(zone(number), 'type'), 'x86_pkg_temp\n');
    }
    writeFileSync(join(zone('9'), 'temp'), '42000\n');
    hungFile(join(zone('0'), 'temp'), afterAll);
    exporter = await startExporter(lab, { sysfs: join(lab.dir, 'sysfs') });
  });
  afterAll(() => lab?.stop());

  async function packedPage() {
    const { status, headers, body } = await askPage(`${exporter.url}/metrics`, { 'accept-encoding': 'gzip' });
    expect([status, headers['content-encoding']]).toEqual([200, 'gzip']);
    const { series } = parsePage(gunzipSync(body).toString());
    return (name: string) => series.filter((one) => one.name === name);
  }

  it('goes on giving packed pages, with the other sensors on them', async () => {
    for (let scrape = 1; scrape <= SCRAPES; scrape += 1) {
      const valuesOf = await packedPage();
      const zones = valuesOf('thermal_zone_temperature_celsius');
      expect(zones.map(({ labels, value }) => [labels['zone'], value])).toEqual([['9', 42]]);
      const errors = valuesOf('thermal_zone_read_errors_total');
      expect(errors.map(({ labels, value }) => [labels['zone'], labels['errno'], value])).toEqual([
        ['0', 'timeout', scrape],
      ]);
    }
  });

  it('gives packed pages also when more sensors hang than there are places for', async () => {
    for (const number of HUNG.slice(1)) {
      hungFile(join(lab.dir, `sysfs/class/thermal/thermal_zone${number}/temp`), afterAll);
    }
    for (let scrape = 1; scrape <= SCRAPES; scrape += 1) {
      const valuesOf = await packedPage();
      const success = valuesOf('fettle_collector_success').map(({ labels, value }) => [
        labels['collector'],
        value,
      ]);
      expect(success).toContainEqual(['thermal', 1]);
      expect(success).toContainEqual(['cgroup', 1]);
      const zones = valuesOf('thermal_zone_read_errors_total').map(({ labels }) => labels['zone']);
      expect(zones).toEqual(expect.arrayContaining(HUNG));
    }
  });
});
