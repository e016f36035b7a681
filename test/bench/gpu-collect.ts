import { readdirSync, readFileSync } from 'node:fs';
import { createGpuCollector } from '../../src/collectors/gpu/gpu.ts';
import { createGpuPresenceCollector } from '../../src/collectors/gpu/presence.ts';
import { createGpuUnitsCollector } from '../../src/collectors/gpu-units.ts';
import { createKernelLogCollector } from '../../src/collectors/kernel-log.ts';
import type { CollectedGpus } from '../../src/domain/gpu-collection.ts';
import { systemClock, yieldTurn } from '../../src/host/clock.ts';
import { createScrape, type Scrape } from '../../src/metrics/scrape.ts';
import { createPresence } from '../../src/sources/gpu/presence.ts';
import { createTally } from '../../src/sources/kernel-log/tally.ts';
import { parseNvidiaSmi } from '../../src/sources/nvidia/parse.ts';
import { afterSuccess, nothingCollected } from '../../src/sources/nvidia/state.ts';
import { createGpuUserReader } from '../../src/sources/processes/gpu-unit-source.ts';
import { createProcessUnits } from '../../src/sources/processes/process-units.ts';
import { pciReading } from '../fakes/pci-reading.ts';
import { type Times, timesOf } from './quantile.ts';

/** What the GPU part of a scrape takes: its collectors and the lines that they write, without HTTP. */
export interface CollectCost {
  /** Nothing has been read since the last scrape. */
  readonly same: Times;
  /** The GPUs have been read anew, and who uses them has been looked up in the background. */
  readonly fresh: Times;
  /** The GPUs have been read anew a moment ago: who uses them is looked up in the scrape. */
  readonly freshUsers: Times;
  readonly series: number;
  readonly pageBytes: number;
}

const RUNS = 400;
const WARM_UPS = 50;

/** Put together as in src/app/gpu-sources.ts, from readings that are made here. */
function gpuPart(): { readonly scrape: Scrape; read(document: string): void; lookUp(): Promise<void> } {
  let now: CollectedGpus = nothingCollected('nvidia-smi');
  const units = createProcessUnits({ procfs: '/proc', clock: systemClock });
  const users = createGpuUserReader(units.unitOf, { elapsedMs: systemClock.elapsedMs, yieldTurn });
  const judge = createPresence();
  const tally = createTally(() => now.gpus);

  async function readPresence() {
    const aerErrors = { correctable: 0, nonfatal: 0, fatal: 0 };
    const pci = now.gpus.map(({ pciBusId }) => pciReading(pciBusId, { aerErrors }));
    const askedSeconds = new Map([['nvidia' as const, now.collection.lastSuccessSeconds ?? 0]]);
    const evidence = { askedSeconds, lostByTool: now.lost, lostByLog: [] };
    return { pci, ...judge({ pci, gpus: now.gpus, ...evidence }) };
  }

  return {
    scrape: createScrape({
      collectors: [
        createGpuCollector(() => ({ gpus: now.gpus, collections: [now.collection] })),
        createGpuPresenceCollector(readPresence),
        createGpuUnitsCollector(async () => (await users(now.gpus)).units),
        createKernelLogCollector(
          () =>
            ({
              ...{ source: 'kmsg', up: true, lagSeconds: 0, gaps: 0 },
              counts: tally.counts(),
            }) as const,
        ),
      ],
      always: async () => [],
      limitMs: 5000,
      elapsedMs: () => performance.now(),
      log: { error: complain, warn: complain, info: () => undefined },
    }),
    read(document) {
      const reading = parseNvidiaSmi(document);
      if (reading instanceof Error) throw reading;
      const facts = { nowSeconds: Date.now() / 1000, durationSeconds: 0.5, exitCode: 0, lost: [] };
      now = afterSuccess(now, reading, facts);
    },
    async lookUp() {
      await users(now.gpus);
    },
  };
}

function complain(_: object, message: string): void {
  throw new Error(message);
}

/** A program of its own: `gpu-collect.ts DOCUMENT`. */
async function measure(captured: string): Promise<CollectCost> {
  const document = withLivingProcesses(captured);
  const part = gpuPart();
  const page = () => part.scrape.page({ format: 'text', collectors: undefined, limitMs: undefined });

  async function times(before: () => Promise<void> | void): Promise<Times> {
    const taken: number[] = [];
    for (let run = 0; run < WARM_UPS + RUNS; run += 1) {
      await before();
      const begin = performance.now();
      await page();
      if (run >= WARM_UPS) taken.push(performance.now() - begin);
    }
    return timesOf(taken);
  }

  part.read(document);
  const same = await times(() => undefined);
  const fresh = await times(async () => {
    part.read(document);
    await part.lookUp();
  });
  const freshUsers = await times(() => part.read(document));
  const text = Buffer.concat(await page()).toString();
  const series = text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
  return { same, fresh, freshUsers, series, pageBytes: text.length };
}

/** Processes that run here in the place of those of the document, so that there is something to look up. */
function withLivingProcesses(document: string): string {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  let next = 0;
  return document.replace(/<pid>\d+/g, () => {
    next += 1;
    return `<pid>${pids[next % pids.length] ?? process.pid}`;
  });
}

process.stdout.write(JSON.stringify(await measure(readFileSync(process.argv[2] ?? '', 'utf8'))));
