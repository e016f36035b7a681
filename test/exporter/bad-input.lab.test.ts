import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { builtFettle } from '../lab/built.ts';
import { describeStack } from '../lab/describe-lab.ts';
import { type LabExporter, type Scraped, startExporter } from '../lab/exporter.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { queryPrometheus } from '../lab/query.ts';
import { startPrometheus } from '../lab/stack.ts';
import { waitFor } from '../lab/wait.ts';
import { addMountWithoutText, addOddUnits, ODD_MOUNTS, ODD_SERVICES, ODD_TYPE } from './odd-units.ts';
import { promtoolObjections } from './promtool.ts';

/** Patterns that RE2 does not take; each starts in column 14 of line 3 of its file. */
const BAD_PATTERNS = [
  ['include', '(', 'missing closing )'],
  ['include', '[a-', 'missing closing ]'],
  ['include', '(?=ssh).*', 'invalid or unsupported Perl syntax'],
  ['exclude', '*.service', 'missing argument to repetition operator'],
  ['exclude', '\\', 'trailing backslash'],
] as const;

describeStack('the exporter, given what is hard to take', () => {
  let lab: Lab;
  let exporter: LabExporter;

  beforeAll(async () => {
    lab = await startLab();
    await addOddUnits(lab);
    exporter = await startExporter(lab);
  });
  afterAll(() => lab?.stop());

  it.each(BAD_PATTERNS)('says where and why the pattern %s: %s is none, and ends', async (key, text, why) => {
    const { file, code, stderr } = await serve(`exporter:\n  systemd:\n    ${key}: '${text}'\n`);
    const problem = stderr.replace(
      `${file}:3:14: exporter.systemd.${key}: not a regular expression (RE2): `,
      '',
    );
    expect(code).toBe(2);
    expect(problem).not.toBe(stderr);
    expect(problem).toContain(why);
    expect(problem.trim()).not.toContain('\n');
  });

  it('says that a configuration is no UTF-8, and ends', async () => {
    const { file, code, stderr } = await serve(
      Buffer.from("exporter: {systemd: {include: '\xff.service'}}\n", 'latin1'),
    );
    expect([code, stderr.startsWith(`${file}:`)]).toEqual([2, true]);
    expect(stderr).toContain('UTF-8');
  });

  it('has every unit under its own name, whatever that is made of', async () => {
    const page = await exporter.scrape();
    expect(page.values('fettle_systemd_up')).toEqual([1]);
    expect(unitNames(page).toSorted()).toEqual(await listedNames());
    const active = activeNames(page);
    expect([...ODD_SERVICES, ...ODD_MOUNTS].filter((name) => !active.has(name))).toEqual([]);
  });

  it('finds the cgroup of each, also where systemd calls that otherwise', async () => {
    const page = await exporter.scrape();
    const tasks = ODD_SERVICES.map((name) => page.values('systemd_unit_tasks_current', { name }));
    expect(tasks).toEqual(ODD_SERVICES.map(() => [1]));
  });

  it('tells the type of a mount as it is written', async () => {
    const { mount: name, type } = ODD_TYPE;
    expect((await exporter.scrape()).values('systemd_unit_info', { name, mount_type: type })).toEqual([1]);
  });

  it('gives promtool nothing to object to', async () => {
    expect(await promtoolObjections((await exporter.scrape()).text)).toEqual([]);
  });

  it('is read by a real Prometheus, every name as it is', async () => {
    const configFile = join(lab.dir, 'prometheus.yml');
    const job = { job_name: 'fettle', static_configs: [{ targets: [new URL(exporter.url).host] }] };
    writeFileSync(configFile, stringify({ global: { scrape_interval: '1s' }, scrape_configs: [job] }));
    const prometheus = await startPrometheus({ configFile, dir: lab.dir });
    try {
      const read = await waitFor('Prometheus has scraped', async () => {
        const samples = await queryPrometheus(prometheus.url, 'systemd_unit_load_state_info');
        return samples.length > 0 ? samples.map(({ metric }) => metric['name']) : undefined;
      });
      expect(read.toSorted()).toEqual(await listedNames());
    } finally {
      await prometheus.stop();
    }
  });

  it('still has all units when one makes systemd unable to list them, and has them when it starts then', async () => {
    const listed = await listedNames();
    const name = await addMountWithoutText(lab);
    await exporter.until('it has come', (page) => activeNames(page).has(name) || undefined);
    expect((await lab.run(['systemctl', 'list-units'], { check: false })).stderr).toContain(
      'Failed to list units',
    );
    await lab.run(['systemctl', 'daemon-reload']);
    const late = await startExporter(lab);
    for (const one of [exporter, late]) {
      const page = await one.until('all units are there', (now) =>
        unitNames(now).length > listed.length ? now : undefined,
      );
      expect(unitNames(page).toSorted()).toEqual([...listed, name].toSorted());
      expect(await promtoolObjections(page.text)).toEqual([]);
    }
  });

  /** Serves with a configuration that is no good; one that is good after all runs into the limit. */
  async function serve(configuration: string | Buffer) {
    const file = join(lab.dir, 'bad.yml');
    writeFileSync(file, configuration);
    const argv = [process.execPath, builtFettle(), 'serve', '--config', file];
    return { file, ...(await lab.run(argv, { check: false, timeoutMs: 10_000 })) };
  }

  /** As systemctl lists them; what it prints is not escaped. */
  async function listedNames(): Promise<readonly string[]> {
    const list = ['systemctl', 'list-units', '--all', '--full', '--output=json'];
    const units: readonly { readonly unit: string }[] = JSON.parse((await lab.run(list)).stdout);
    return units
      .map(({ unit }) => unit)
      .filter((name) => !name.endsWith('.device'))
      .toSorted();
  }
});

const unitNames = (page: Scraped): readonly string[] =>
  page.series
    .filter(({ name }) => name === 'systemd_unit_load_state_info')
    .map(({ labels }) => labels['name'] ?? '');

const activeNames = (page: Scraped): ReadonlySet<string | undefined> =>
  new Set(
    page.series
      .filter(
        ({ name, labels, value }) =>
          name === 'systemd_unit_state' && labels['state'] === 'active' && value === 1,
      )
      .map(({ labels }) => labels['name']),
  );
