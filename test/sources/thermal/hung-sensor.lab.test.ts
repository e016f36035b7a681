import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askPage } from '../../exporter/asked-page.ts';
import { hungFile } from '../../fakes/hung-file.ts';
import { describeLab } from '../../lab/describe-lab.ts';
import { type LabExporter, startExporter } from '../../lab/exporter.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { waitFor } from '../../lab/wait.ts';
import { parsePage, type Series } from '../../metrics/text-format.ts';

/** More than Node's pool has threads. */
const SCRAPES = 8;

/** Files of a healthy machine: a zone, a fan, chips, and a GPU on its bus. */
const MACHINE: Readonly<Record<string, string>> = {
  'class/thermal/thermal_zone0/type': 'x86_pkg_temp\n',
  'class/thermal/thermal_zone0/temp': '42000\n',
  'class/thermal/thermal_zone0/trip_point_0_temp': '105000\n',
  'class/thermal/thermal_zone0/trip_point_0_type': 'critical\n',
  'class/thermal/cooling_device0/type': 'Fan\n',
  'class/thermal/cooling_device0/cur_state': '1\n',
  ...Object.fromEntries(
    ['0', '1', '2', '3', '4', '9'].flatMap((number) => [
      [`class/hwmon/hwmon${number}/name`, `chip${number}\n`],
      [`class/hwmon/hwmon${number}/temp1_input`, '30000\n'],
      [`class/hwmon/hwmon${number}/temp1_label`, 'die\n'],
    ]),
  ),
  'bus/pci/devices/0000:01:00.0/vendor': '0x1002\n',
  'bus/pci/devices/0000:01:00.0/class': '0x030000\n',
  'bus/pci/devices/0000:01:00.0/uevent': 'DRIVER=amdgpu\nPCI_ID=1002:744C\nPCI_SLOT_NAME=0000:01:00.0\n',
  'bus/pci/devices/0000:01:00.0/config': '\x02\x10\x4c\x74',
  'block/vda/size': '1\n',
};

interface Page {
  readonly body: Buffer;
  readonly series: readonly Series[];
  of(name: string): readonly Series[];
}

/** A lab whose exporter reads those files as sysfs, and these of it hang from the start. */
function useMachine(hungFromStart: readonly string[]) {
  const atEnd: (() => void)[] = [];
  let lab: Lab;
  let exporter: LabExporter;
  let sysfs = '';

  beforeAll(async () => {
    lab = await startLab();
    sysfs = join(lab.dir, 'sysfs');
    for (const [name, text] of Object.entries(MACHINE)) {
      mkdirSync(dirname(join(sysfs, name)), { recursive: true });
      writeFileSync(join(sysfs, name), text, 'latin1');
    }
    for (const path of hungFromStart) hang(path);
    exporter = await startExporter(lab, { sysfs });
  });
  afterAll(async () => {
    for (const work of atEnd) work();
    await lab?.stop();
  });

  /** Whoever reads this file from now on hangs. */
  function hang(path: string): void {
    rmSync(join(sysfs, path), { force: true });
    hungFile(join(sysfs, path), (work) => atEnd.push(work));
  }

  async function packedPage(): Promise<Page> {
    const { status, headers, body } = await askPage(`${exporter.url}/metrics`, { 'accept-encoding': 'gzip' });
    expect([status, headers['content-encoding']]).toEqual([200, 'gzip']);
    const { series } = parsePage(gunzipSync(body).toString());
    return { body, series, of: (name) => series.filter((one) => one.name === name) };
  }

  return { packedPage, hang, at: (path: string) => join(sysfs, path) };
}

/** Series of the page that tell of the machine, less what hangs and what says so; by name and labels. */
function told({ series }: Page): readonly string[] {
  const wanted = /^(thermal_|cooling_|hwmon_temp|machine_|gpu_(lost|devices)|fettle_collector_success)/;
  return series
    .filter(
      ({ name, labels }) => wanted.test(name) && labels['chip'] !== 'chip0' && labels['chip'] !== 'chip1',
    )
    .map(({ name, labels }) => `${name} ${JSON.stringify(labels)}`)
    .filter((one) => !/read_errors_total/.test(one))
    .sort();
}

function chipErrors(page: Page) {
  return page
    .of('hwmon_read_errors_total')
    .map(({ labels, value }) => [labels['chip'], labels['errno'], value]);
}

/** A healthy page, once everything that is read in the background has been. */
async function healthyPage(packedPage: () => Promise<Page>): Promise<Page> {
  return await waitFor('GPUs are told of', async () => {
    const page = await packedPage();
    return page.of('gpu_devices').length > 0 && page.of('gpu_lost').length > 0 ? page : undefined;
  });
}

describeLab('an exporter on a machine whose sensors hang', () => {
  describe('one chip in ten of its sensors', () => {
    const sensors = Array.from({ length: 10 }, (_, index) => `class/hwmon/hwmon0/temp${index + 2}_input`);
    const { packedPage, at } = useMachine(sensors);

    it('has everything else on every page, and says which sensor does not answer', async () => {
      const first = await packedPage();
      const healthy = await healthyPage(packedPage);
      expect(healthy.of('hwmon_temperature_celsius').map(({ labels }) => labels['chip'])).toEqual(
        expect.arrayContaining(['chip1', 'chip2', 'chip3', 'chip4', 'chip9']),
      );
      expect(healthy.of('thermal_zone_temperature_celsius')).toHaveLength(1);
      expect(healthy.of('machine_filesystem_size_bytes').length).toBeGreaterThan(0);
      // GPUs are read in the background, and may come after the first page.
      const atScrape = (page: Page) => told(page).filter((one) => !one.startsWith('gpu_'));
      expect(atScrape(first)).toEqual(atScrape(healthy));
      for (let scrape = 1; scrape <= SCRAPES; scrape += 1) {
        const page = await packedPage();
        expect(told(page)).toEqual(told(healthy));
        expect(page.of('machine_filesystem_error').every(({ value }) => value === 0)).toBe(true);
        expect(chipErrors(page)).toEqual([['chip0', 'timeout', expect.any(Number)]]);
        expect(page.of('fettle_hung_read_seconds').map(({ labels }) => labels['path'])).toEqual([
          at('class/hwmon/hwmon0/temp2_input'),
        ]);
      }
    });
  });

  describe('more chips than there are places', () => {
    const { packedPage, hang } = useMachine([]);

    it('leaves what may hang out, accuses nobody else, and still has file systems', async () => {
      const healthy = await healthyPage(packedPage);
      for (const n of [0, 1, 2, 3, 4]) hang(`class/hwmon/hwmon${n}/temp1_input`);
      await waitFor('two hang', async () => {
        const page = await packedPage();
        return page.of('fettle_hung_read_seconds').length === 2 ? page : undefined;
      });
      const isLocal = (one: string) => /^machine_|^fettle_collector_success/.test(one);
      for (let scrape = 1; scrape <= SCRAPES; scrape += 1) {
        const page = await packedPage();
        expect(told(page).filter(isLocal)).toEqual(told(healthy).filter(isLocal));
        expect(page.of('hwmon_temperature_celsius')).toEqual([]);
        expect(chipErrors(page)).toHaveLength(2);
        expect(page.of('thermal_zone_read_errors_total')).toEqual([]);
        expect(page.of('fettle_reads_left_out_total')[0]?.value).toBeGreaterThan(0);
      }
    });
  });
});
