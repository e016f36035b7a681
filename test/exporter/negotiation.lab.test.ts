import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeLab } from '../lab/describe-lab.ts';
import { type LabExporter, startExporter } from '../lab/exporter.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { parseOpenMetrics } from '../metrics/openmetrics.ts';
import { type ParsedPage, parsePage } from '../metrics/text-format.ts';
import { askPage } from './asked-page.ts';
import { busDaemon } from './bus-daemon.ts';
import { seriesKey } from './series.ts';

const COLLECTORS = [
  'systemd',
  'ip',
  'cgroup',
  'units',
  'thermal',
  'hwmon',
  'machine',
  'gpu',
  'gpu_presence',
  'gpu_units',
  'jetson',
  'kernel_log',
  'slow_reads',
  'probe',
];

const TEXT = 'text/plain; version=0.0.4; charset=utf-8';
const OPENMETRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/** What Prometheus 2.42 asks for. */
const PROMETHEUS =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';

const SCRAPERS = 20;

/** Seconds that a scraper has. */
const IMPATIENT = { 'x-prometheus-scrape-timeout-seconds': '3' };

/** What keeps IP traffic from being asked for: systemd alone can tell it. */
const STOPPED = ['systemd', 'dbus-daemon'] as const;

describeLab('the page of the exporter, as scrapers ask for it', () => {
  let lab: Lab;
  let exporter: LabExporter;
  let url: string;

  beforeAll(async () => {
    lab = await startLab();
    await lab.writeUnit('accounted.service', '[Service]\nExecStart=/bin/sleep infinity\nIPAccounting=yes\n');
    await lab.run(['systemctl', 'start', 'accounted.service']);
    exporter = await startExporter(lab);
    url = `${exporter.url}/metrics`;
    await exporter.until(
      'all collectors work, and traffic is told',
      (page) =>
        succeeds(page, COLLECTORS) && page.values('systemd_service_ip_ingress_bytes_total').length > 0,
    );
  });
  afterAll(() => lab?.stop());

  /** Does something while a process of the lab is stopped. */
  async function whileStopped<T>(who: (typeof STOPPED)[number], work: () => Promise<T>): Promise<T> {
    const bus = busDaemon(lab);
    await (who === 'systemd' ? process.kill(lab.pid, 'SIGSTOP') : bus.stop());
    try {
      return await work();
    } finally {
      await (who === 'systemd' ? process.kill(lab.pid, 'SIGCONT') : bus.resume());
    }
  }

  it('is in the text format 0.0.4 for whoever does not ask', async () => {
    const { headers, body } = await askPage(url);
    expect([headers['content-type'], headers['content-encoding']]).toEqual([TEXT, undefined]);
    expect(keysOf(parsePage(body.toString())).length).toBeGreaterThan(1000);
  });

  it('is in OpenMetrics 1.0.0 and packed for Prometheus, with the same series', async () => {
    const { headers, body } = await askPage(url, { accept: PROMETHEUS, 'accept-encoding': 'gzip' });
    expect([headers['content-type'], headers['content-encoding']]).toEqual([OPENMETRICS, 'gzip']);
    const page = gunzipSync(body).toString();
    expect(page.endsWith('\n# EOF\n')).toBe(true);
    expect(keysOf(parseOpenMetrics(page))).toEqual(keysOf(await exporter.scrape()));
  });

  it('is put together from what each collector alone has, and lacks what is excluded', async () => {
    const whole = await exporter.scrape();
    const alone = await Promise.all(COLLECTORS.map((name) => exporter.scrape(`?collect[]=${name}`)));
    expect(alone.flatMap(keysOf).toSorted()).toEqual(keysOf(whole));
    const rest = await Promise.all(COLLECTORS.map((name) => exporter.scrape(`?exclude[]=${name}`)));
    expect(
      rest.map((page) => [...keysOf(page), ...keysOf(alone[rest.indexOf(page)] ?? page)].toSorted()),
    ).toEqual(COLLECTORS.map(() => keysOf(whole)));
  });

  it('says which collectors there are to whoever asks for another', async () => {
    const { status, body } = await askPage(`${url}?collect[]=launchd`);
    const error = `there is no collector "launchd" here, only ${COLLECTORS.join(', ')}`;
    expect([status, JSON.parse(body.toString())]).toEqual([400, { error }]);
  });

  it.each(STOPPED)('comes in time while %s is stopped, without what is not ready', async (who) => {
    const before = await exporter.scrape();
    const { status, body } = await whileStopped(who, () => askPage(url, IMPATIENT));
    const page = parsePage(body.toString());
    expect(status).toBe(200);
    expect(successOf(page)).toEqual({ ...Object.fromEntries(COLLECTORS.map((name) => [name, 1])), ip: 0 });
    const withoutIp = (key: string) => !key.startsWith('systemd_service_ip_') && !key.includes('{"ip"}');
    expect(keysOf(page).filter(withoutIp)).toEqual(keysOf(before).filter(withoutIp));
    await exporter.until('all collectors work again', (one) => succeeds(one, COLLECTORS));
  });

  it(`is made once for ${SCRAPERS} scrapers that come together`, async () => {
    const ask = async () => (await askPage(url, IMPATIENT)).body.toString();
    // A stopped systemd keeps the collection under way until all are there. CPU time and the durations of the
    // collectors tell one collection from another.
    const pages = await whileStopped('systemd', () => Promise.all(Array.from({ length: SCRAPERS }, ask)));
    expect(new Set(pages).size).toBe(1);
    expect(pages).not.toContain(await ask());
  });
});

/** What comes by and by in the first minute. */
const READ_IN_ROUNDS = /^systemd_unit_(file_state_info|need_daemon_reload)$/;

const keysOf = ({ series }: ParsedPage): readonly string[] =>
  series
    .filter(({ name }) => /^(systemd_|thermal_|fettle_systemd_up|fettle_collector_)/.test(name))
    .filter(({ name }) => !READ_IN_ROUNDS.test(name))
    .map(({ name, labels }) => seriesKey(name, labels))
    .toSorted();

const successOf = ({ series }: ParsedPage): Readonly<Record<string, number>> =>
  Object.fromEntries(
    series
      .filter(({ name }) => name === 'fettle_collector_success')
      .map(({ labels, value }) => [labels['collector'], value]),
  );

const succeeds = (page: ParsedPage, collectors: readonly string[]): true | undefined =>
  collectors.every((name) => successOf(page)[name] === 1) || undefined;
