import { createGpuCollector } from '../../src/collectors/gpu/gpu.ts';
import { createGpuPresenceCollector } from '../../src/collectors/gpu/presence.ts';
import { createGpuProcessesCollector, createGpuUnitsCollector } from '../../src/collectors/gpu-units.ts';
import type { CollectedGpus } from '../../src/domain/gpu-collection.ts';
import { createScrape } from '../../src/metrics/scrape.ts';
import { parseNvidiaSmi } from '../../src/sources/nvidia/parse.ts';
import { afterSuccess, nothingCollected } from '../../src/sources/nvidia/state.ts';
import { createPresence } from '../../src/sources/gpu/presence.ts';
import { createGpuUserReader } from '../../src/sources/processes/gpu-unit-source.ts';
import type { ProcessUnit } from '../../src/sources/processes/unit-of-cgroup.ts';
import { pciReading } from '../fakes/pci-reading.ts';
import { recordedLog } from '../fakes/recorded-log.ts';
import { scrapedPage } from '../metrics/pages.ts';
import { glancingClock } from './glancing-clock.ts';

/** When nvidia-smi was run, as Unix time. */
const READ_SECONDS = 1_767_225_600;

/** Whose the processes of a document are: a user's are odd ones. */
export function unitOfPid(pid: number): ProcessUnit {
  return pid % 2 === 0
    ? { unit: 'worker.service', scope: 'system' }
    : { unit: 'session.scope', scope: 'user', user: 'alice' };
}

/**
 * The GPU part of the page of a machine on which nvidia-smi has printed this, by the real parser, collectors and page
 * writer. All GPUs of the document are on the bus, as far as it gives their addresses; single processes are shown.
 */
export async function nvidiaPage(document: string): Promise<string> {
  const collected = collectedFrom(document);
  const users = createGpuUserReader(unitOfPid, { elapsedMs: () => 0, yieldTurn: async () => undefined });
  const scrape = createScrape({
    collectors: [
      createGpuCollector(() => ({ gpus: collected.gpus, collections: [collected.collection] })),
      createGpuPresenceCollector(async () => presenceOf(collected)),
      createGpuUnitsCollector(async () => (await users(collected.gpus)).units),
      createGpuProcessesCollector(async () => (await users(collected.gpus)).processes),
    ],
    always: async () => [],
    limitMs: 3_600_000,
    elapsedMs: glancingClock(),
    log: recordedLog().log,
  });
  return scrapedPage(scrape);
}

function collectedFrom(document: string): CollectedGpus {
  const reading = parseNvidiaSmi(document);
  if (reading instanceof Error) throw reading;
  return afterSuccess(nothingCollected('nvidia-smi'), reading, {
    nowSeconds: READ_SECONDS,
    durationSeconds: 0.5,
    exitCode: 0,
    lost: [],
  });
}

function presenceOf({ gpus, lost, collection }: CollectedGpus) {
  const pci = gpus
    .filter(({ pciBusId }) => pciBusId !== '')
    .map(({ pciBusId }) => pciReading(pciBusId));
  const judged = createPresence()({
    pci,
    gpus,
    askedSeconds: new Map([['nvidia' as const, collection.lastSuccessSeconds ?? 0]]),
    lostByTool: lost,
    lostByLog: [],
  });
  return { pci, ...judged };
}
