import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeLab } from '../lab/describe-lab.ts';
import { type LabExporter, type Scraped, startExporter } from '../lab/exporter.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import type { Series } from '../metrics/text-format.ts';
import { busDaemon } from './bus-daemon.ts';
import { countsOf, type EventCounts } from './event-counts.ts';
import { isOfCgroup, losses } from './lost-series.ts';
import { pagesDuring } from './pages-during.ts';
import { addWitness, type Witness } from './witness.ts';

const UNITS = 200;

const instances = (template: string): readonly string[] =>
  Array.from({ length: UNITS }, (_, index) => `${template}@${index + 1}.service`);

const STORM = instances('storm');
const FRESH = instances('fresh');

const SLEEPER = '[Unit]\nStartLimitIntervalSec=0\n[Service]\nExecStart=/bin/sleep infinity\n';
const RESTLESS = `${SLEEPER}ExecReload=/bin/true\nRestart=on-failure\nRestartSec=10ms\n`;

describeLab(`the exporter, in a storm of ${UNITS} units`, () => {
  let lab: Lab;
  let exporter: LabExporter;
  let witness: Witness;

  beforeAll(async () => {
    lab = await startLab();
    await lab.writeUnit('storm@.service', RESTLESS);
    await lab.writeUnit('fresh@.service', SLEEPER);
    await lab.run(['systemctl', 'start', ...STORM]);
    exporter = await startExporter(lab);
    witness = await addWitness(lab, exporter);
  });
  afterAll(() => lab?.stop());

  const countsOfAll = (page: Scraped, names: readonly string[]) =>
    names.map((name) => ({ name, ...countsOf(page, name) }));
  const each = (names: readonly string[], counts: EventCounts) => names.map((name) => ({ name, ...counts }));

  /** A page that tells of everything, once all of these units are known to have been started so often. */
  async function pageAfterStarts(names: readonly string[], starts: number): Promise<Scraped> {
    await exporter.until('all starts are counted', (page) =>
      names.every((name) => countsOf(page, name).activations >= starts) ? true : undefined,
    );
    return witness.pageOfNow();
  }

  it('counts the restart of each exactly once, and loses no series meanwhile or afterwards', async () => {
    const before = await exporter.scrape();
    expect(countsOfAll(before, STORM)).toEqual(each(STORM, { activations: 0, failures: {} }));
    const { pages } = await pagesDuring(exporter, () => lab.run(['systemctl', 'restart', 'storm@*']));
    const after = await pageAfterStarts(STORM, 1);
    expect(countsOfAll(after, STORM)).toEqual(each(STORM, { activations: 1, failures: {} }));
    expect(losses(before, pages, isOfStates)).toEqual([]);
    expect(losses(before, [after])).toEqual([]);
  });

  it('counts the crash of each, and its start by systemd, exactly once', async () => {
    await lab.run(['systemctl', 'kill', '--signal=KILL', 'storm@*']);
    const after = await pageAfterStarts(STORM, 2);
    expect(countsOfAll(after, STORM)).toEqual(each(STORM, { activations: 2, failures: { signal: 1 } }));
  });

  it('counts the start of each that systemd had not even loaded before', async () => {
    const { pages } = await pagesDuring(exporter, () => lab.run(['systemctl', 'start', ...FRESH]));
    expect(pages[0]?.values('systemd_unit_state', { name: 'fresh@1.service' })).toEqual([]);
    const after = await pageAfterStarts(FRESH, 1);
    expect(countsOfAll(after, FRESH)).toEqual(each(FRESH, { activations: 1, failures: {} }));
  });

  it('still reads the cgroups of all when the bus dies while all are being looked at', async () => {
    const before = await witness.pageOfNow();
    await lab.run(['systemctl', 'reload', '--no-block', 'storm@*']);
    await busDaemon(lab).killForGood();
    const away = await exporter.until('it says that systemd is away', (page) =>
      page.values('fettle_systemd_up')[0] === 0 ? page : undefined,
    );
    expect(losses(before, [away], isOfStorm)).toEqual([]);
  });
});

const isOfStates = ({ name }: Series): boolean => name === 'systemd_unit_state';

const isOfStorm = (series: Series): boolean =>
  isOfCgroup(series) && series.labels['name']?.startsWith('storm@') === true;
