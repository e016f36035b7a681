import { afterAll, beforeAll, expect, it } from 'vitest';
import { allCollectors } from '../docs/collectors.ts';
import { describeStack } from '../lab/describe-lab.ts';
import { type LabExporter, type Scraped, startExporter } from '../lab/exporter.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { waitFor } from '../lab/wait.ts';
import type { Series } from '../metrics/text-format.ts';
import {
  CGROUP_METRICS,
  type CgroupFamily,
  type CgroupPromise,
  readCgroups,
  shownOfCgroups,
} from './cgroup-promises.ts';
import { promisedOfManager } from './manager-promises.ts';
import { type Population, populate } from './population.ts';
import { promisedOfUnits, UNIT_METRICS, type UnitChoices } from './promises.ts';
import { promtoolObjections } from './promtool.ts';
import { between, brokenPromises, complaints, type Expectations } from './series.ts';
import { readShown, type ShownSystem } from './shown.ts';

/** A configuration of the exporter, and what it chooses. */
interface Variant {
  readonly name: string;
  readonly section: Readonly<Record<string, unknown>>;
  readonly units: Omit<UnitChoices, 'withFiles'>;
  readonly families: readonly CgroupFamily[];
  readonly slices: boolean;
}

const PLAIN: Variant = {
  name: 'as it comes',
  section: {},
  units: { unitState: 'full', oldTypes: false },
  families: ['cpu', 'memory', 'pids', 'limits'],
  slices: false,
};

const SOME: Variant = {
  name: 'some switches the other way',
  section: {
    systemd: { unit_state: 'nonzero' },
    cgroup: { cpu: false, pids: false, pressure: true, slices: true },
  },
  units: { unitState: 'nonzero', oldTypes: false },
  families: ['memory', 'limits', 'pressure'],
  slices: true,
};

const OTHER: Variant = {
  name: 'every switch the other way',
  section: {
    systemd: { unit_state: 'off', systemd_exporter_types: true },
    cgroup: { cpu: false, memory: false, pids: false, limits: false, pressure: true, io: true, slices: true },
  },
  units: { unitState: 'off', oldTypes: true },
  families: ['pressure', 'io'],
  slices: true,
};

const VARIANTS = [PLAIN, SOME, OTHER];

/** What promtool has against systemd_exporter's names and types. */
const OLD_FAULTS = [
  'systemd_service_ip_egress_bytes counter metrics should have "_total" suffix',
  'systemd_service_ip_ingress_bytes counter metrics should have "_total" suffix',
  'systemd_socket_refused_connections_total non-counter metrics should not have "_total" suffix',
];

/** What fettle reads in rounds of a minute, since systemd tells nobody of it. */
const READ_IN_ROUNDS =
  /^systemd_(unit_(file_state_info|need_daemon_reload)|service_restart_total|socket_.*)\{/;

/** A metric that has series only after a failure, and nothing fails until the last test. */
const LAST_FAILURE = 'systemd_unit_last_failure_timestamp_seconds';

/** All that there is to know of a lab at one moment, without fettle. */
interface Look extends ShownSystem {
  readonly cgroups: readonly CgroupPromise[];
}

/** The tests follow the life of three exporters, one of each variant, and the lab is at rest but between two. */
describeStack('the page of the exporter', () => {
  let lab: Lab;
  let population: Population;
  /** Before the exporters were started. */
  let before: Look;
  let exporters: ReadonlyMap<Variant, LabExporter>;
  let first: ReadonlyMap<Variant, Scraped>;
  let after: Look;

  beforeAll(async () => {
    lab = await startLab();
    population = await populate(lab);
    before = await look();
    const started = await Promise.all(
      VARIANTS.map(async (variant) => {
        const exporter = await startExporter(lab, variant.section);
        // Whose traffic is counted is asked as soon as all units have been read.
        const page = await exporter.until('traffic is told', (now) => (tellsTraffic(now) ? now : undefined));
        return { variant, exporter, page };
      }),
    );
    exporters = new Map(started.map(({ variant, exporter }) => [variant, exporter]));
    first = new Map(started.map(({ variant, page }) => [variant, page]));
    after = await look();
  });
  afterAll(async () => {
    population?.release();
    await lab?.stop();
  });

  async function look(): Promise<Look> {
    const shown = await readShown(lab);
    return { ...shown, cgroups: readCgroups(lab, shown) };
  }

  async function scrape(variant: Variant): Promise<Scraped> {
    const exporter = exporters.get(variant);
    if (exporter === undefined) throw new Error('this exporter was not started');
    return exporter.scrape();
  }

  it.each(VARIANTS)('is complete and right from the first on ($name)', (variant) => {
    const expected = between(promised(before, variant, false), promised(after, variant, false));
    expect(complaints(seriesOf(first.get(variant)), expected)).toEqual([]);
  });

  it('knows within 70 s what systemd tells nobody, such as a restart count that was zeroed, and loses nothing meanwhile', async () => {
    const restarts = { name: 'counted.service' };
    expect(first.get(PLAIN)?.values('systemd_service_restart_total', restarts)).toEqual([2]);
    await population.changeUntold();
    const now = await look();
    await Promise.all(VARIANTS.map((variant) => learnsUntold(variant, now)));
    expect((await scrape(PLAIN)).values('systemd_service_restart_total', restarts)).toEqual([0]);
  }, 80_000);

  async function learnsUntold(variant: Variant, now: Look): Promise<void> {
    const known = promised(now, variant, false);
    const toLearn = promised(now, variant, true);
    const lost: string[] = [];
    await waitFor(
      `all is known (${variant.name})`,
      async () => {
        const series = seriesOf(await scrape(variant));
        lost.push(...brokenPromises(series, known).filter((text) => text.endsWith('is missing')));
        const unknown = brokenPromises(series, toLearn).filter((text) => READ_IN_ROUNDS.test(text));
        if (unknown.length > 0) throw new Error(unknown[0]);
        return true;
      },
      { timeoutMs: 70_000, everyMs: 1000 },
    );
    expect(lost).toEqual([]);
  }

  it.each(VARIANTS)('is complete and right 20 times in a row ($name)', async (variant) => {
    const start = await look();
    const pages = await scrapeTimes(20, () => scrape(variant));
    const expected = between(promised(start, variant, true), promised(await look(), variant, true));
    expect(pages.map((page) => complaints(page, expected))).toEqual(pages.map(() => []));
  });

  it('says of tasks and memory what systemctl says, 20 times in a row', async () => {
    const start = shownOfCgroups(await readShown(lab));
    const pages = await scrapeTimes(20, () => scrape(PLAIN));
    const expected = between(start, shownOfCgroups(await readShown(lab)));
    expect(pages.map((page) => brokenPromises(page, expected))).toEqual(pages.map(() => []));
  });

  it('has every metric of units in the catalogue, of the type that stands there', async () => {
    const { types, series } = await scrape(PLAIN);
    const told = new Map(series.map(({ name }) => [name, types.get(name)]));
    const catalogue = metricsOf(['systemd', 'ip']).filter(({ name }) => UNIT_METRICS.includes(name));
    expect(catalogue.map(({ name }) => [name, told.get(name)])).toEqual(
      catalogue.map(({ name, type }) => [name, type]),
    );
  });

  it('leaves no metric of units in the catalogue untested', () => {
    const catalogue = metricsOf(['systemd', 'ip', 'cgroup']).map(({ name }) => name);
    const ofUnits = catalogue.filter((name) => /^systemd_(unit|service|socket|timer)_/.test(name));
    expect(ofUnits.toSorted()).toEqual([...UNIT_METRICS, ...CGROUP_METRICS, LAST_FAILURE].toSorted());
  });

  it.each([
    { variant: PLAIN, objections: [] },
    { variant: SOME, objections: [] },
    { variant: OTHER, objections: OLD_FAULTS },
  ])('gives promtool nothing else to object to ($variant.name)', async ({ variant, objections }) => {
    expect(await promtoolObjections((await scrape(variant)).text)).toEqual(objections);
  });

  it('tells when a unit last failed as soon as one has', async () => {
    const unit = { name: 'plain.service', type: 'service' };
    expect((await scrape(PLAIN)).values(LAST_FAILURE)).toEqual([]);
    const earliest = Date.now() / 1000;
    await lab.run(['systemctl', 'kill', '--signal=KILL', unit.name]);
    const failedAt = await exporters
      .get(PLAIN)
      ?.until('the failure is told', (page) => page.values(LAST_FAILURE, unit)[0]);
    expect(failedAt).toBeGreaterThanOrEqual(earliest);
    expect(failedAt).toBeLessThanOrEqual(Date.now() / 1000);
  });
});

function tellsTraffic({ series }: Scraped): boolean {
  return series.some(({ name }) => name.startsWith('systemd_service_ip_'));
}

/** All that a page must say of systemd, its units and their cgroups, and all that it may. */
function promised(look: Look, variant: Variant, withFiles: boolean): Expectations {
  const cgroups = look.cgroups.filter(
    ({ family, ofSlice }) => variant.families.includes(family) && (variant.slices || !ofSlice),
  );
  return new Map([
    ...promisedOfManager(look),
    ...promisedOfUnits(look, { ...variant.units, withFiles }),
    ...cgroups.map(({ key, range }) => [key, range] as const),
  ]);
}

async function scrapeTimes(
  times: number,
  scrape: () => Promise<Scraped>,
): Promise<readonly (readonly Series[])[]> {
  const pages: (readonly Series[])[] = [];
  for (let count = 0; count < times; count += 1) pages.push(seriesOf(await scrape()));
  return pages;
}

/** What the page says of systemd and of cgroups, and not of fettle itself. */
function seriesOf(page: Scraped | undefined): readonly Series[] {
  if (page === undefined) throw new Error('there is no page');
  return page.series.filter(({ name }) => /^(systemd_|fettle_systemd_up$)/.test(name));
}

/** What the catalogue, docs/METRICS.md, says of these collectors' metrics. */
function metricsOf(collectors: readonly string[]) {
  return allCollectors()
    .filter(({ name }) => collectors.includes(name))
    .flatMap(({ metrics }) => metrics);
}
