import { messageOf } from '../domain/errors.ts';
import { createGate } from '../domain/gate.ts';
import type { GpuReading, GpuVendor } from '../domain/gpu.ts';
import { type CollectedGpus, type GpuCollection, lastBeganSeconds } from '../domain/gpu-collection.ts';
import type { KernelLogCounts } from '../domain/kernel-log.ts';
import { withinLimit } from '../domain/limit.ts';
import type { PciGpuReading } from '../domain/pci.ts';
import { systemClock } from '../host/clock.ts';
import { openKmsg } from '../host/kmsg.ts';
import { createSlowFiles } from '../host/slow/slow-files.ts';
import { createDrmGpuReader } from '../sources/drm/source.ts';
import { createCompleting } from '../sources/gpu/complete.ts';
import { createPresence, type Presence } from '../sources/gpu/presence.ts';
import { withJetson } from '../sources/gpu/twins.ts';
import { readJetson } from '../sources/jetson/source.ts';
import { createPciGpuReader } from '../sources/pci/source.ts';
import type { GpuUsers } from '../sources/processes/gpu-unit-source.ts';
import { createGpuUserLooks } from './gpu-users.ts';
import { startKernelLogLooks } from './kernel-log-looks.ts';
import { createNvidiaLooks, type NvidiaLooksOptions } from './nvidia-looks.ts';
import { type Found, type SeenGpu, seenGpus } from './seen-gpus.ts';

/** GPUs of all makers at one moment. */
export interface GpusReading {
  readonly gpus: readonly SeenGpu[];
  /** How NVIDIA's were read; undefined if they were not to be. */
  readonly nvidia: GpuCollection | undefined;
  /** What else could not be read, a sentence each. */
  readonly problems: readonly string[];
}

/** The GPUs of this machine, for a person who looks at them; needs no fettle that runs, and no root. */
export interface OpenGpus {
  /** Looks anew. One look at a time. */
  read(): Promise<GpusReading>;
  /** Calls a look off; resolves when the programs that it runs have ended, or when their time is up. */
  stop(): Promise<void>;
}

/** Where GPUs are looked for. */
export interface GpusOptions {
  /** How NVIDIA's are read; undefined: not at all. */
  readonly nvidia: Omit<NvidiaLooksOptions, 'sysfs' | 'files'> | undefined;
  /** Where sysfs is mounted. */
  readonly sysfs: string;
  /** Where procfs is mounted. */
  readonly procfs: string;
  /** Whether the kernel's log is asked for what happened to them. */
  readonly kernelLog: boolean;
}

/** Somebody sits and waits; nvidia-smi is given 10 s too, and some to end. */
const LIMIT_MS = 10_000;

/** So many of the four threads of Node's pool may hang in a driver. */
const PLACES = 2;

const NOBODY: GpuUsers = { units: [], processes: [] };

/** Prepares to look at GPUs; the first look is made when it is asked for. */
export async function openGpus(
  { nvidia, sysfs, procfs, kernelLog }: GpusOptions,
  open: typeof openKmsg = openKmsg,
): Promise<OpenGpus> {
  const files = createSlowFiles(createGate(PLACES));
  const stopping = new AbortController();
  const { elapsedMs } = systemClock;
  const looks = nvidia && createNvidiaLooks({ ...nvidia, sysfs, files });
  const users = await createGpuUserLooks(procfs);
  const readDrm = createDrmGpuReader({ sysfs, files, elapsedMs });
  const readBus = createPciGpuReader(sysfs, files);
  const complete = createCompleting();
  const judge = createPresence();
  let last: readonly GpuReading[] = [];
  const log = kernelLog ? startKernelLogLooks(() => last, open) : undefined;

  /** Users are looked up at once, while they are still there. */
  async function lookAtNvidia() {
    const collected = await looks?.look();
    return { collected, users: collected ? await users.ofListed(collected.gpus) : NOBODY };
  }

  async function lookAtDrm(signal: AbortSignal, onFailure: (thrown: unknown) => undefined) {
    const gpus = await readDrm();
    return { gpus, units: await users.ofOpened(gpus, signal).catch(onFailure) };
  }

  async function read(): Promise<GpusReading> {
    const problems: string[] = [];
    const failed = (what: string) => (thrown: unknown) => {
      problems.push(`${what}: ${messageOf(thrown)}`);
      return undefined;
    };
    const part = <T>(what: string, work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> =>
      withinLimit(what, LIMIT_MS, stopping.signal, work).catch(failed(what));
    const [smi, drm, jetson, pci = [], counts] = await Promise.all([
      // It has limits of its own, and time to end its program after them.
      lookAtNvidia().catch(failed('reading NVIDIA GPUs')),
      part('reading AMD and Intel GPUs', (signal) =>
        lookAtDrm(signal, failed('finding who uses AMD and Intel GPUs')),
      ),
      part('reading the Jetson', () => readJetson({ sysfs, root: '', files })),
      part('reading the PCI bus', readBus),
      log?.look(),
    ]);
    const gpus = [...withJetson(smi?.collected?.gpus ?? [], jetson?.gpus ?? []), ...(drm?.gpus ?? [])];
    const readSeconds = smi?.collected?.collection.lastSuccessSeconds;
    last = complete(gpus, { pci, recoveryActions: counts?.recoveryActions ?? [], readSeconds });
    const found: Found = {
      gpus: last,
      pci,
      lost: lostAddresses(judge, { pci, gpus: last, collected: smi?.collected, counts }),
      users: {
        units: [...(smi?.users.units ?? []), ...(drm?.units ?? [])],
        processes: smi?.users.processes ?? [],
      },
      knowsOpened: drm?.units !== undefined,
      xids: counts?.xids,
    };
    return { gpus: seenGpus(found), nvidia: smi?.collected?.collection, problems };
  }

  return {
    read,
    async stop() {
      stopping.abort(new Error('called off'));
      await Promise.all([looks?.stop(), log?.stop()]);
    },
  };
}

interface Witnesses {
  readonly pci: readonly PciGpuReading[];
  readonly gpus: readonly GpuReading[];
  readonly collected: CollectedGpus | undefined;
  readonly counts: KernelLogCounts | undefined;
}

/** PCI addresses of the GPUs that are gone by what the bus, nvidia-smi or the kernel's log says. */
function lostAddresses(judge: Presence, { pci, gpus, collected, counts }: Witnesses): ReadonlySet<string> {
  const began = collected && lastBeganSeconds(collected.collection);
  const askedSeconds = new Map<GpuVendor, number>(began === undefined ? [] : [['nvidia', began]]);
  const lostByTool = collected?.lost ?? [];
  const lostByLog = counts?.lostGpus ?? [];
  const present = judge({ pci, gpus, askedSeconds, lostByTool, lostByLog }).gpus;
  return new Set(present.filter(({ lost }) => lost).map(({ pciBusId }) => pciBusId));
}
