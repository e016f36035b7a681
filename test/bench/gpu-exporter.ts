import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { stringify } from 'yaml';
import type { FakeMode } from '../fakes/nvidia-smi.ts';
import type { LabProcess } from '../lab/inside.ts';
import type { Lab } from '../lab/lab.ts';
import { freePort } from '../lab/service-process.ts';
import { waitFor } from '../lab/wait.ts';
import type { LoopDelay } from './event-loop-probe.ts';
import { interpreterOf } from './exporters.ts';
import { compile } from './gpu-child.ts';
import { createScraper, type TimedScrape } from './timed-scrape.ts';

/** Fettle's exporter half beside a nvidia-smi that does as it is told. */
export interface GpuExporter {
  /** How its event loop was held up since the last time this was asked. */
  loopDelay(): Promise<LoopDelay>;
  scrape(): Promise<TimedScrape>;
  /** What nvidia-smi does from its next start on. */
  setMode(mode: FakeMode): void;
  /** How often nvidia-smi has been started. */
  starts(): number;
  stop(): Promise<void>;
}

/** Readings follow one another as fast as can be set up. */
const INTERVAL = '1s';

/** Starts it in the lab beside GPUs of this document, or none, and waits until it is ready. */
export async function startGpuExporter(
  lab: Lab,
  program: string,
  document: string | undefined,
): Promise<GpuExporter> {
  const port = await freePort();
  const folder = join(lab.dir, `gpu-${port}`);
  mkdirSync(folder);
  const file = (name: string): string => join(folder, name);
  if (document !== undefined) putNvidia(folder, document);
  else mkdirSync(file('sysfs'));
  const nvidia = { interval: INTERVAL, ...(document !== undefined && { path: file('nvidia-smi') }) };
  const exporter = { listen: `127.0.0.1:${port}`, sysfs: file('sysfs'), gpu: { nvidia } };
  writeFileSync(file('fettle.yml'), stringify({ exporter }));
  const probe = file('probe.mjs');
  await compile(new URL('event-loop-probe.ts', import.meta.url), probe);
  const argv = [...interpreterOf(program), '--import', probe, program];
  const running = lab.spawn([...argv, 'serve', '--only', 'exporter', '--config', file('fettle.yml')], {
    log: file('log'),
    env: {
      PROBE_FILE: file('delay'),
      FAKE_DOCUMENT: file('document.xml'),
      FAKE_STARTS: file('starts'),
    },
  });
  const url = `http://127.0.0.1:${port}`;
  await waitFor('fettle is ready', async () => (await fetch(`${url}/-/ready`)).ok || undefined, {
    timeoutMs: 20_000,
  }).catch((cause: unknown) => {
    throw new Error(`fettle did not start:\n${running.readLog()}`, { cause });
  });
  const scraper = createScraper(`${url}/metrics`);
  return {
    loopDelay: () => askProbe(running, file('delay')),
    scrape: scraper.scrape,
    setMode: (mode) => writeFileSync(file('mode'), mode),
    starts: () =>
      existsSync(file('starts')) ? readFileSync(file('starts'), 'utf8').split('\n').length - 1 : 0,
    async stop() {
      scraper.close();
      await running.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** The fake, its document, and its GPUs on the bus. */
function putNvidia(folder: string, document: string): void {
  const fake = join(folder, 'fake.sh');
  const mode = join(folder, 'mode');
  copyFileSync(fileURLToPath(new URL('../fakes/nvidia-smi.sh', import.meta.url)), fake);
  writeFileSync(mode, 'replay' satisfies FakeMode);
  const program = join(folder, 'nvidia-smi');
  writeFileSync(program, `#!/bin/sh\nFAKE_MODE=$(cat '${mode}') exec '${fake}' "$@"\n`);
  for (const file of [fake, program]) chmodSync(file, 0o755);
  writeFileSync(join(folder, 'document.xml'), document);
  for (const [, address = ''] of document.matchAll(/<gpu id="0{4}([^"]+)">/g)) {
    const device = join(folder, 'sysfs/bus/pci/devices', address.toLowerCase());
    mkdirSync(device, { recursive: true });
    writeFileSync(join(device, 'vendor'), '0x10de\n');
    writeFileSync(join(device, 'class'), '0x030000\n');
  }
}

async function askProbe(running: LabProcess, file: string): Promise<LoopDelay> {
  rmSync(file, { force: true });
  process.kill(running.pid, 'SIGUSR2');
  const text = await waitFor(
    'the probe answers',
    () => (existsSync(file) ? readFileSync(file, 'utf8') : undefined),
    { timeoutMs: 10_000, everyMs: 5 },
  );
  return JSON.parse(text);
}

/** Scrapes again and again for so long; the pause between two is as long as it takes not to be all there is to do. */
export async function scrapeFor(
  exporter: GpuExporter,
  forMs: number,
  pauseMs: number,
): Promise<readonly TimedScrape[]> {
  const scrapes: TimedScrape[] = [];
  for (const end = performance.now() + forMs; performance.now() < end; await sleep(pauseMs)) {
    const scrape = await exporter.scrape();
    if (scrape.status !== 200) throw new Error(`fettle answered a scrape with ${scrape.status}`);
    scrapes.push(scrape);
  }
  return scrapes;
}
