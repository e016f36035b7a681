import { parsePage, type Series } from '../metrics/text-format.ts';
import type { Vm } from './vm.ts';
import type { Snapshot } from './vm-client.ts';
import { FETTLE_PROGRAM } from './vm-programs.ts';
import { waitFor } from './wait.ts';

/** Where fettle's exporter listens in a VM; to be let in by `startVm`. */
export const EXPORTER_PORT = 10558;

/** A page that was scraped from outside, and files that were read inside just before and just after. */
export interface Sight {
  readonly before: Snapshot;
  readonly after: Snapshot;
  /** The VM's own clock, in seconds: the page is of this moment, give or take the doubt. */
  readonly at: number;
  readonly doubt: number;
  /** The values of the series of this name that have at least these labels. */
  values(name: string, labels: Readonly<Record<string, string>>): readonly number[];
}

/** Fettle's exporter half, as users run it, in a VM. */
export interface VmExporter {
  /** One scrape; `query` as in `?collect[]=cgroup`. */
  look(paths: readonly string[], query?: string): Promise<Sight>;
  /** Scrapes until something holds, 30 s at most. */
  until<T>(what: string, find: (sight: Sight) => T | undefined): Promise<T>;
}

/** Starts fettle.service in a VM, which lets in EXPORTER_PORT, and waits until it is ready. */
export async function startVmExporter(
  vm: Vm,
  { section }: { readonly section: string },
): Promise<VmExporter> {
  const url = vm.url(EXPORTER_PORT);
  await vm.write('/etc/fettle.yml', `exporter:\n  listen: 0.0.0.0:${EXPORTER_PORT}\n${section}`);
  await vm.writeUnit('fettle.service', unit);
  await vm.run(['systemctl', 'start', 'fettle.service']);
  await waitFor('the exporter is ready', async () => (await fetch(`${url}/-/ready`)).ok || undefined, {
    timeoutMs: 60_000,
  }).catch(async (cause: unknown) => {
    const { stdout } = await vm.run(['journalctl', '--no-pager', '-u', 'fettle.service']);
    throw new Error(`the exporter did not start in the VM:\n${stdout}`, { cause });
  });

  async function look(paths: readonly string[], query = ''): Promise<Sight> {
    const before = await vm.read(paths);
    const reply = await fetch(`${url}/metrics${query}`, { signal: AbortSignal.timeout(20_000) });
    const text = await reply.text();
    const after = await vm.read(paths);
    if (!reply.ok) throw new Error(`the exporter in the VM answered ${reply.status}: ${text}`);
    const { series } = parsePage(text);
    return {
      before,
      after,
      at: (before.to + after.from) / 2,
      doubt: (after.from - before.to) / 2,
      values: (name, labels) => series.filter((one) => fits(one, name, labels)).map(({ value }) => value),
    };
  }

  return {
    look,
    until: (what, find) =>
      waitFor(what, async () => find(await look([])), { timeoutMs: 30_000, everyMs: 500 }),
  };
}

const unit = `[Service]
ExecStart=/usr/bin/node ${FETTLE_PROGRAM} serve --only exporter --config /etc/fettle.yml
`;

function fits(series: Series, name: string, labels: Readonly<Record<string, string>>): boolean {
  return (
    series.name === name && Object.entries(labels).every(([label, value]) => series.labels[label] === value)
  );
}
