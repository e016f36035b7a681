import type { GpusReading } from '../collectors/gpu/gpu.ts';
import type { PresenceReading } from '../collectors/gpu/presence.ts';
import type { ExporterConfig } from '../config/config.ts';
import type { GpuReading, GpuUnitReading, GpuVendor } from '../domain/gpu.ts';
import type { GpuProcessReading } from '../domain/gpu-process.ts';
import type { JetsonReading } from '../domain/jetson.ts';
import type { KernelLogReading } from '../domain/kernel-log.ts';
import type { Log } from '../domain/log.ts';
import { startBackground } from '../host/background.ts';
import { systemClock, yieldTurn } from '../host/clock.ts';
import { openKmsg } from '../host/kmsg.ts';
import type { SlowFiles } from '../host/slow-files.ts';
import { readUserNames } from '../host/user-names.ts';
import { createDrmGpuReader } from '../sources/drm/source.ts';
import { createDrmUnitReader } from '../sources/drm/unit-source.ts';
import { readJetson } from '../sources/jetson/source.ts';
import { startKernelLog } from '../sources/kernel-log/source.ts';
import { startNvidiaReader } from '../sources/nvidia/source.ts';
import { createCompleting } from '../sources/pci/complete.ts';
import { createPresence } from '../sources/pci/presence.ts';
import { createPciGpuReader } from '../sources/pci/source.ts';
import { createGpuUserReader } from '../sources/processes/gpu-unit-source.ts';
import { createProcessUnits } from '../sources/processes/process-units.ts';

/** What is known of GPUs by now; nothing here waits for a driver. */
export interface GpuReaders {
  gpus(): GpusReading;
  presence(): PresenceReading;
  units(): Promise<readonly GpuUnitReading[]>;
  processes(): Promise<readonly GpuProcessReading[]>;
  /** Undefined where this is no Jetson. */
  jetson(): JetsonReading | undefined;
  /** Undefined where it is not to be read. */
  kernelLog(): KernelLogReading | undefined;
  stop(): Promise<void>;
}

/** GPUs are read so often; a page shows what was read last. */
const EVERY_MS = 15_000;

/** Who uses a GPU is looked up while it is still there. */
const USERS_EVERY_MS = 5000;

const LIMIT_MS = 10_000;

/** Starts to read GPUs of all makers in the background: no scrape waits for a driver. */
export function startGpuReaders(config: ExporterConfig, files: SlowFiles, log: Log): GpuReaders {
  const { procfs, sysfs, gpu } = config;
  const { elapsedMs } = systemClock;
  const inBackground = <T>(what: string, read: (signal: AbortSignal) => Promise<T>, everyMs = EVERY_MS) =>
    startBackground({ what, read, everyMs, limitMs: LIMIT_MS, clock: systemClock, log });

  const processes = createProcessUnits({ procfs, userName: createUserNames(), clock: systemClock });
  const nvidia =
    gpu.nvidia === undefined
      ? undefined
      : startNvidiaReader({ ...gpu.nvidia, sysfs, clock: systemClock, log });
  const drm = inBackground('reading AMD and Intel GPUs', createDrmGpuReader({ sysfs, files, elapsedMs }));
  const jetson = inBackground('reading the Jetson', () => readJetson({ sysfs, root: '', files }));
  const bus = inBackground('reading the PCI bus', createPciGpuReader(sysfs, files));
  const readUsers = createGpuUserReader(processes.unitOf, { elapsedMs, yieldTurn });
  const nvidiaGpus = () => nvidia?.read().gpus ?? [];
  const users = inBackground('finding who uses GPUs', () => readUsers(nvidiaGpus()), USERS_EVERY_MS);
  const drmUsers = inBackground(
    'finding who uses AMD and Intel GPUs',
    createDrmUnitReader({
      procfs,
      elapsedMs,
      yieldTurn,
      gpus: () => drm.last().value ?? [],
      unitOf: processes.unitOf,
    }),
  );
  const gpus = createGpuList(
    nvidiaGpus,
    () => drm.last().value ?? [],
    () => jetson.last().value?.gpus ?? [],
  );
  const kernelLog = config.kernelLog
    ? startKernelLog({
        openKmsg,
        journalctl: ['journalctl'],
        gpus,
        unitOfPid: (pid) => processes.unitOf(pid)?.unit,
        clock: systemClock,
        log,
      })
    : undefined;
  const complete = createCompleting();
  const completeGpus = () =>
    complete(gpus(), {
      pci: bus.last().value ?? [],
      recoveryActions: kernelLog?.read().counts?.recoveryActions ?? [],
      readSeconds: nvidia?.read().collection.lastSuccessSeconds,
    });
  const judge = createPresence();

  function readPresence(): PresenceReading {
    const pci = bus.last().value ?? [];
    const asked = new Set<GpuVendor>(drm.last().value === undefined ? [] : ['amd', 'intel']);
    if (nvidia?.read().collection.success === true) asked.add('nvidia');
    const lostByTool = nvidia?.read().lost ?? [];
    const lostByLog = kernelLog?.read().counts?.lostGpus ?? [];
    const readSeconds = nvidia?.read().collection.lastSuccessSeconds;
    return { pci, ...judge({ pci, gpus: gpus(), asked, lostByTool, lostByLog, readSeconds }) };
  }

  return {
    gpus: () => ({
      gpus: completeGpus(),
      collections: nvidia === undefined ? [] : [nvidia.read().collection],
    }),
    presence: readPresence,
    units: async () => [...(await readUsers(nvidiaGpus())).units, ...(drmUsers.last().value ?? [])],
    processes: async () => (await readUsers(nvidiaGpus())).processes,
    jetson: () => jetson.last().value,
    kernelLog: () => kernelLog?.read(),
    async stop() {
      for (const background of [drm, jetson, bus, users, drmUsers]) background.stop();
      await Promise.all([nvidia?.stop(), kernelLog?.stop()]);
    },
  };
}

/** A Jetson's GPU is one that nvidia-smi shows as well, without any value. */
function createGpuList(nvidia: ReadGpus, drm: ReadGpus, jetson: ReadGpus): ReadGpus {
  return () => {
    const own = jetson();
    const others = own.length === 0 ? nvidia() : nvidia().filter(({ vendor }) => vendor !== 'jetson');
    return [...others, ...drm(), ...own];
  };
}

type ReadGpus = () => readonly GpuReading[];

/** Users by number; one without a name, or whose name has not been read yet, is called by it. */
function createUserNames(): (uid: number) => string {
  let names: ReadonlyMap<number, string> = new Map();
  readUserNames().then(
    (read) => {
      names = read;
    },
    () => undefined,
  );
  return (uid) => names.get(uid) ?? String(uid);
}
