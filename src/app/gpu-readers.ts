import type { GpusReading } from '../collectors/gpu/gpu.ts';
import type { PresenceReading } from '../collectors/gpu/presence.ts';
import type { ExporterConfig } from '../config/config.ts';
import type { GpuUnitReading, GpuVendor } from '../domain/gpu.ts';
import { type GpuCollection, lastBeganSeconds } from '../domain/gpu-collection.ts';
import type { GpuProcessReading } from '../domain/gpu-process.ts';
import type { JetsonReading } from '../domain/jetson.ts';
import type { KernelLogReading, KernelNotice, UnitOwner } from '../domain/kernel-log.ts';
import type { Log } from '../domain/log.ts';
import { startBackground } from '../host/background.ts';
import { systemClock, yieldTurn } from '../host/clock.ts';
import { openKmsg } from '../host/kmsg.ts';
import { readUserNames } from '../host/processes/user-names.ts';
import type { SlowFiles } from '../host/slow/slow-files.ts';
import { createDrmGpuReader } from '../sources/drm/source.ts';
import { createDrmUnitReader } from '../sources/drm/unit-source.ts';
import { backgroundCollection } from '../sources/gpu/background-collection.ts';
import { createCompleting } from '../sources/gpu/complete.ts';
import { createPresence } from '../sources/gpu/presence.ts';
import { withJetson } from '../sources/gpu/twins.ts';
import { readJetson } from '../sources/jetson/source.ts';
import { startKernelLog } from '../sources/kernel-log/source.ts';
import { startNvidiaReader } from '../sources/nvidia/source.ts';
import { createPciGpuReader } from '../sources/pci/source.ts';
import { createGpuUserReader } from '../sources/processes/gpu-unit-source.ts';
import { createProcessUnits } from '../sources/processes/process-units.ts';
import type { ProcessUnit } from '../sources/processes/unit-of-cgroup.ts';

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

const LIMIT_MS = 10_000;

/** Starts to read GPUs of all makers in the background: no scrape waits for a driver. */
export function startGpuReaders(config: ExporterConfig, files: SlowFiles, log: Log): GpuReaders {
  const { procfs, sysfs, gpu } = config;
  const { elapsedMs } = systemClock;
  const nowSeconds = () => systemClock.now().getTime() / 1000;
  const inBackground = <T>(what: string, read: (signal: AbortSignal) => Promise<T>) =>
    startBackground({ what, read, everyMs: EVERY_MS, limitMs: LIMIT_MS, clock: systemClock, log });

  const processes = createProcessUnits({ procfs, userName: createUserNames(), clock: systemClock });
  const readUsers = createGpuUserReader(processes.unitOf, { elapsedMs, yieldTurn });
  const nvidia =
    gpu.nvidia === undefined
      ? undefined
      : startNvidiaReader({
          ...gpu.nvidia,
          sysfs,
          files,
          clock: systemClock,
          log,
          // At once, while their processes are still there; a page finds it done, or tells why it could not be.
          onGpus: (gpus) => void readUsers(gpus).catch(() => undefined),
        });
  const drm = inBackground('reading AMD and Intel GPUs', createDrmGpuReader({ sysfs, files, elapsedMs }));
  const jetson = inBackground('reading the Jetson', () => readJetson({ sysfs, root: '', files }));
  const bus = inBackground('reading the PCI bus', createPciGpuReader(sysfs, files));
  const nvidiaGpus = () => nvidia?.read().gpus ?? [];
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
  const gpus = () => [
    ...withJetson(nvidiaGpus(), jetson.last().value?.gpus ?? []),
    ...(drm.last().value ?? []),
  ];
  const onBus = () => bus.last().value ?? [];
  const kernelLog = config.kernelLog
    ? startKernelLog({
        openKmsg,
        journalctl: ['journalctl'],
        // Also those of a driver that has never worked.
        gpus: () => [...gpus(), ...onBus().map((device) => ({ ...device, uuid: '' }))],
        unitOfPid: (pid) => ownerOf(processes.unitOf(pid)),
        clock: systemClock,
        log,
      })
    : undefined;
  kernelLog?.onEvent((notice) => tellOfGpu(notice, log));
  const complete = createCompleting();
  const completeGpus = () =>
    complete(gpus(), {
      pci: onBus(),
      recoveryActions: kernelLog?.read().counts?.recoveryActions ?? [],
      readSeconds: nvidia && lastBeganSeconds(nvidia.read().collection),
    });
  const judge = createPresence();

  function readPresence(): PresenceReading {
    const pci = onBus();
    const lostByTool = nvidia?.read().lost ?? [];
    const lostByLog = kernelLog?.read().counts?.lostGpus ?? [];
    return { pci, ...judge({ pci, gpus: gpus(), askedSeconds: askedSeconds(), lostByTool, lostByLog }) };
  }

  function askedSeconds(): ReadonlyMap<GpuVendor, number> {
    const seconds = new Map<GpuVendor, number>();
    const collection = nvidia?.read().collection;
    const began = collection && lastBeganSeconds(collection);
    if (collection?.success === true && began !== undefined) seconds.set('nvidia', began);
    const { ageSeconds } = drm.last();
    // What took so long may be older than its end.
    const earliest = nowSeconds() - (ageSeconds ?? 0) - LIMIT_MS / 1000;
    if (ageSeconds !== undefined)
      for (const vendor of ['amd', 'intel'] as const) seconds.set(vendor, earliest);
    return seconds;
  }

  function collections(): readonly GpuCollection[] {
    const hasDrm = (drm.last().value ?? []).length > 0;
    const facts = [
      { backend: 'drm', last: drm.last(), found: hasDrm },
      { backend: 'drm_users', last: drmUsers.last(), found: hasDrm },
      { backend: 'jetson', last: jetson.last(), found: jetson.last().value !== undefined },
      { backend: 'pci', last: bus.last(), found: onBus().length > 0 },
    ];
    return [
      ...(nvidia === undefined ? [] : [nvidia.read().collection]),
      ...facts.map((one) => backgroundCollection({ ...one, nowSeconds: nowSeconds() })),
    ];
  }

  return {
    gpus: () => ({ gpus: completeGpus(), collections: collections() }),
    presence: readPresence,
    units: async () => [...(await readUsers(nvidiaGpus())).units, ...(drmUsers.last().value ?? [])],
    processes: async () => (await readUsers(nvidiaGpus())).processes,
    jetson: () => jetson.last().value,
    kernelLog: () => kernelLog?.read(),
    async stop() {
      for (const background of [drm, jetson, bus, drmUsers]) background.stop();
      await Promise.all([nvidia?.stop(), kernelLog?.stop()]);
    },
  };
}

/** Undefined for a process of no unit. */
function ownerOf(found: ProcessUnit | undefined): UnitOwner | undefined {
  return found === undefined || found.unit === '' ? undefined : { unit: found.unit, user: found.user };
}

/** What the kernel says of a GPU, with the unit that was at work: people read fettle's log too. */
function tellOfGpu({ event, replayed, text, uuid, unit, collapsed }: KernelNotice, log: Log): void {
  if (replayed || !('pciBusId' in event)) return;
  log.warn({ gpu: event.pciBusId, uuid, ...unit, collapsed, line: text }, 'the kernel tells of a GPU');
}

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
