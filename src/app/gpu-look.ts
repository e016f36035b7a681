import type { NvidiaConfig } from '../config/config.ts';
import type { Known } from '../domain/circumstances.ts';
import type { GpuReading } from '../domain/gpu.ts';
import type { CollectedGpus } from '../domain/gpu-collection.ts';
import { lastBeganSeconds } from '../domain/gpu-collection.ts';
import type { PciGpuReading } from '../domain/pci.ts';
import type { HwmonReading } from '../domain/thermal.ts';
import { systemClock } from '../host/clock.ts';
import type { SlowFiles } from '../host/slow/slow-files.ts';
import { createDrmGpuReader } from '../sources/drm/source.ts';
import { createHwmonReader } from '../sources/hwmon/source.ts';
import { readJetson } from '../sources/jetson/source.ts';
import { createPciGpuReader } from '../sources/pci/source.ts';
import { createNvidiaLooks, type NvidiaLooksOptions } from './nvidia-looks.ts';

/** What NVIDIA's driver said. */
export interface NvidiaLook {
  /** None of those that sleep. */
  readonly gpus: readonly GpuReading[];
  /** Unix seconds; undefined if all sleep, so that none was asked. */
  readonly beganSeconds: number | undefined;
}

/** Looks at GPUs when it matters: before a repair, and after it. Nothing of it runs between two looks. */
export interface GpuLook {
  /** Throws Failure `unreadable`. */
  pci(): Promise<readonly PciGpuReading[]>;
  /** Runs nvidia-smi; who asks while it runs has the same answer. Never throws. */
  nvidia(): Promise<Known<NvidiaLook>>;
  /** What it said no longer ago than so many milliseconds, else as `nvidia`. */
  recentNvidia(maxAgeMs: number): Promise<Known<NvidiaLook>>;
  /** The sensors of chips, those of GPUs of the kernel's own drivers among them. Throws Failure `unreadable`. */
  sensors(): Promise<readonly HwmonReading[]>;
  /** GPUs of AMD and Intel. Throws Failure `unreadable`. */
  drm(): Promise<readonly GpuReading[]>;
  /** That of a Jetson, which is on no bus. */
  jetson(): Promise<readonly GpuReading[]>;
  /** Ends the program of a look that is under way. */
  stop(): Promise<void>;
}

/** Where GPUs are looked for. */
export interface GpuLookOptions {
  /** Undefined: nvidia-smi must not be run. */
  readonly nvidia: Pick<NvidiaConfig, 'path' | 'reader'> | undefined;
  readonly sysfs: string;
  readonly files: SlowFiles;
  /** Environment of nvidia-smi; that of fettle if left out. */
  readonly env?: NvidiaLooksOptions['env'];
}

/** A decision waits for it. */
const TIMEOUT_MS = 2000;
const KILL_AFTER_MS = 1000;

/** Gives looks that begin when they are asked for. */
export function createGpuLook({ nvidia, sysfs, files, env }: GpuLookOptions): GpuLook {
  const limits = { timeoutMs: TIMEOUT_MS, killAfterMs: KILL_AFTER_MS };
  const looks =
    nvidia &&
    createNvidiaLooks({ ...nvidia, ...limits, sysfs, files, ...(env === undefined ? {} : { env }) });
  const readBus = createPciGpuReader(sysfs, files);
  const { elapsedMs } = systemClock;
  const readDrm = createDrmGpuReader({ sysfs, files, elapsedMs });
  let underWay: Promise<Known<NvidiaLook>> | undefined;
  let last: { readonly look: Known<NvidiaLook>; readonly ms: number } | undefined;

  async function lookNow(): Promise<Known<NvidiaLook>> {
    if (looks === undefined) return { known: false, why: 'exporter.gpu.nvidia.reader is off' };
    const ms = elapsedMs();
    const look = lookOf(await looks.look());
    last = { look, ms };
    return look;
  }

  function ask(): Promise<Known<NvidiaLook>> {
    underWay ??= lookNow().finally(() => {
      underWay = undefined;
    });
    return underWay;
  }

  return {
    pci: readBus,
    nvidia: ask,
    async recentNvidia(maxAgeMs) {
      const isRecent = last?.look.known === true && elapsedMs() - last.ms <= maxAgeMs;
      return last !== undefined && isRecent ? last.look : await ask();
    },
    // Anew each time: its counts of errors are then those of this very reading.
    sensors: () => createHwmonReader({ sysfs, files, elapsedMs })(),
    drm: readDrm,
    jetson: async () => (await readJetson({ sysfs, root: '', files }))?.gpus ?? [],
    stop: async () => looks?.stop(),
  };
}

function lookOf({ collection, gpus }: CollectedGpus): Known<NvidiaLook> {
  const { success, problem, absence } = collection;
  if (success === true) return { known: true, value: { gpus, beganSeconds: lastBeganSeconds(collection) } };
  return { known: false, why: problem ?? absence?.problem ?? `${collection.backend} said nothing` };
}
