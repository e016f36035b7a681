import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeLab } from '../lab/describe-lab.ts';
import { type LabExporter, type Scraped, startExporter } from '../lab/exporter.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { waitFor } from '../lab/wait.ts';
import type { Series } from '../metrics/text-format.ts';
import { type BusDaemon, busDaemon } from './bus-daemon.ts';
import { countsOf, eventCounts } from './event-counts.ts';
import { isOfCgroup, isOfSystemd, losses } from './lost-series.ts';
import { pagesDuring } from './pages-during.ts';

const SLEEPER = '[Unit]\nStartLimitIntervalSec=0\n[Service]\nExecStart=/bin/sleep infinity\n';

/** What of a page cannot change because the bus does: the bus itself is a unit too. */
const isLasting = (matters: (series: Series) => boolean) => (series: Series) =>
  matters(series) && series.labels['name'] !== 'dbus.service';

const MANY = Array.from({ length: 50 }, (_, index) => `many@${index + 1}.service`);

/** What the page promises after the bus is back. */
const WHOLE_WITHIN_MS = 10_000;

/** A bus that stops without closing is noticed when a call has had no answer for 10 s; one goes out every 5 s. */
const NOTICED_WITHIN_MS = 20_000;

describeLab('the exporter, without its bus', () => {
  let lab: Lab;
  let bus: BusDaemon;
  let exporter: LabExporter;
  let whole: Scraped;

  beforeAll(async () => {
    lab = await startLab();
    bus = busDaemon(lab);
    exporter = await startExporter(lab);
    await lab.writeUnit('steady.service', SLEEPER);
    await lab.writeUnit('meanwhile.service', SLEEPER);
    await lab.writeUnit('many@.service', `${SLEEPER}ExecReload=/bin/true\n`);
    await lab.run(['systemctl', 'start', ...MANY]);
    await lab.writeUnit('crashed.service', `${SLEEPER}Restart=on-failure\nRestartSec=10ms\n`);
    await lab.run(['systemctl', 'start', 'steady.service', 'meanwhile.service', 'crashed.service']);
    await lab.run(['systemctl', 'restart', 'steady.service']);
    await lab.run(['systemctl', 'kill', '--signal=KILL', 'crashed.service']);
    whole = await exporter.until('two starts of each are counted', (page) => {
      const counts = eventCounts(page);
      const starts = ['steady.service', 'crashed.service'].map((name) => counts.get(name)?.activations);
      return starts.every((count) => count === 2) ? page : undefined;
    });
  });
  afterAll(() => lab?.stop());

  const untilAway = () =>
    exporter.until(
      'it says that systemd is away',
      (page) => (page.values('fettle_systemd_up')[0] === 0 ? page : undefined),
      NOTICED_WITHIN_MS,
    );
  /** All that `whole` told is told again. */
  const untilWhole = () => exporter.until('the page is whole', isWhole, WHOLE_WITHIN_MS);
  const isWhole = (page: Scraped) => {
    const [loss] = losses(whole, [page], isLasting(isOfSystemd));
    if (loss !== undefined) throw new Error(loss);
    return page.values('fettle_systemd_up')[0] === 1 ? page : undefined;
  };
  const lastingCounts = (page: Scraped) => {
    const counts = new Map(eventCounts(page));
    counts.delete('dbus.service');
    return counts;
  };
  const connections = () => exporter.process.readLog().split('"msg":"following systemd"').length - 1;

  it('says so while it is dead, tells no old state, and still reads cgroups', async () => {
    await bus.killForGood();
    const away = await untilAway();
    const told = away.series
      .filter(({ name }) => name.startsWith('systemd_'))
      .filter((one) => !isOfCgroup(one));
    expect(told).toEqual([]);
    expect(losses(whole, [away], isLasting(isOfCgroup))).toEqual([]);
    expect(away.values('fettle_collector_success', { collector: 'cgroup' })).toEqual([1]);
  });

  it('reads the cgroup that a unit gets by a restart which fettle is not told of', async () => {
    const { pages } = await pagesDuring(exporter, () =>
      lab.run(['systemctl', 'restart', 'meanwhile.service']),
    );
    expect(pages.map((page) => page.values('fettle_systemd_up'))).toEqual(pages.map(() => [0]));
    expect(losses(whole, pages.slice(-1), isLasting(isOfCgroup))).toEqual([]);
    expect(pages.at(-1)?.values('systemd_unit_tasks_current', { name: 'meanwhile.service' })).toEqual([1]);
  });

  it('is whole within 10 s of its return, with the counts that it had', async () => {
    await bus.letConnect();
    expect(lastingCounts(await untilWhole())).toEqual(lastingCounts(whole));
  });

  it('counts on as before, each start and each failure once', async () => {
    const before = await exporter.scrape();
    await lab.run(['systemctl', 'restart', 'steady.service']);
    await lab.run(['systemctl', 'kill', '--signal=KILL', 'crashed.service']);
    const after = await exporter.until('the restart by systemd is counted', (page) => {
      const { activations } = countsOf(page, 'crashed.service');
      return activations > countsOf(before, 'crashed.service').activations ? page : undefined;
    });
    const { activations, failures } = countsOf(before, 'crashed.service');
    expect(countsOf(after, 'crashed.service')).toEqual({
      activations: activations + 1,
      failures: { signal: (failures['signal'] ?? 0) + 1 },
    });
    const steady = countsOf(before, 'steady.service');
    expect(countsOf(after, 'steady.service')).toEqual({ ...steady, activations: steady.activations + 1 });
  });

  it('comes through one kill -9 after another, since whoever connects starts it again', async () => {
    const before = await untilWhole();
    for (let kills = 0; kills < 3; kills += 1) {
      const connected = connections();
      await bus.kill();
      await waitFor('it is connected anew', () => connections() > connected || undefined);
      expect(lastingCounts(await untilWhole())).toEqual(lastingCounts(before));
    }
  });

  it('is told later of what happens while the bus is stopped for a moment', async () => {
    const before = countsOf(await exporter.scrape(), 'steady.service');
    const connected = connections();
    await bus.stop();
    for (let restarts = 0; restarts < 3; restarts += 1)
      await lab.run(['systemctl', 'restart', 'steady.service']);
    await bus.resume();
    const page = await exporter.until('all three are counted', (one) =>
      countsOf(one, 'steady.service').activations >= before.activations + 3 ? one : undefined,
    );
    expect(countsOf(page, 'steady.service')).toEqual({ ...before, activations: before.activations + 3 });
    expect(connections()).toBe(connected);
  });

  it('notices a bus that is stopped without closing, reads cgroups all the while, and is whole after it', async () => {
    const before = await untilWhole();
    // So that units are being looked at when it stops.
    await lab.run(['systemctl', 'reload', '--no-block', 'many@*']);
    await bus.stop();
    const { result: away, pages } = await pagesDuring(exporter, untilAway);
    expect(losses(whole, pages, isLasting(isOfCgroup))).toEqual([]);
    expect(away.values('systemd_unit_state')).toEqual([]);
    await bus.resume();
    expect(lastingCounts(await untilWhole())).toEqual(lastingCounts(before));
  });

  it('is still the process that was started', async () => {
    const ended = await Promise.race([exporter.process.exited, Promise.resolve('runs')]);
    expect(ended).toBe('runs');
  });
});
