import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { type ParsedPage, parsePage, type Series } from '../metrics/text-format.ts';
import { builtFettle } from './built.ts';
import type { LabProcess } from './inside.ts';
import type { Lab } from './lab.ts';
import { freePort } from './service-process.ts';
import { waitFor } from './wait.ts';

/** Fettle's exporter half, as users run it, in a lab. */
export interface LabExporter {
  readonly url: string;
  readonly process: LabProcess;
  /** One scrape; `query` as in `?collect[]=cgroup`. */
  scrape(query?: string): Promise<Scraped>;
  /** Scrapes until something holds, 20 s at most unless said otherwise. */
  until<T>(what: string, find: (page: Scraped) => T | undefined, timeoutMs?: number): Promise<T>;
}

/** A page that was scraped. */
export interface Scraped extends ParsedPage {
  readonly text: string;
  /** The values of the series of this name that have at least these labels. */
  values(name: string, labels?: Readonly<Record<string, string>>): readonly number[];
}

/** Starts the built fettle in a lab with an exporter section, and waits until it is ready. */
export async function startExporter(
  lab: Lab,
  section: Readonly<Record<string, unknown>> = {},
): Promise<LabExporter> {
  const port = await freePort();
  const file = join(lab.dir, `exporter-${port}.yml`);
  writeFileSync(file, stringify({ exporter: { listen: `127.0.0.1:${port}`, ...section } }));
  const argv = [process.execPath, builtFettle(), 'serve', '--only', 'exporter', '--config', file];
  const child = lab.spawn(argv, { log: join(lab.dir, `exporter-${port}.log`) });
  const url = `http://127.0.0.1:${port}`;
  const scrape = async (query = '') => {
    const reply = await fetch(`${url}/metrics${query}`, { signal: AbortSignal.timeout(15_000) });
    if (!reply.ok) throw new Error(`the exporter answered ${reply.status}: ${await reply.text()}`);
    return scraped(await reply.text());
  };
  await waitFor('the exporter is ready', async () => (await fetch(`${url}/-/ready`)).ok || undefined, {
    timeoutMs: 20_000,
  }).catch((cause: unknown) => {
    throw new Error(`the exporter did not start:\n${child.readLog()}`, { cause });
  });
  return {
    url,
    process: child,
    scrape,
    until: (what, find, timeoutMs = 20_000) =>
      waitFor(what, async () => find(await scrape()), { timeoutMs, everyMs: 100 }),
  };
}

function scraped(text: string): Scraped {
  const page = parsePage(text);
  const fits = (series: Series, labels: Readonly<Record<string, string>>) =>
    Object.entries(labels).every(([label, value]) => series.labels[label] === value);
  return {
    ...page,
    text,
    values: (name, labels = {}) =>
      page.series.filter((one) => one.name === name && fits(one, labels)).map(({ value }) => value),
  };
}
