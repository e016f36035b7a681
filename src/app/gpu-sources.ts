import type { Collector } from '../collectors/collector.ts';
import { createGpuCollector } from '../collectors/gpu/gpu.ts';
import { createGpuPresenceCollector } from '../collectors/gpu/presence.ts';
import { createGpuProcessesCollector, createGpuUnitsCollector } from '../collectors/gpu-units.ts';
import { createJetsonCollector } from '../collectors/jetson.ts';
import { createKernelLogCollector } from '../collectors/kernel-log.ts';
import type { ExporterConfig } from '../config/config.ts';
import { messageOf } from '../domain/errors.ts';
import type { GpuReading } from '../domain/gpu.ts';
import type { Log } from '../domain/log.ts';
import type { SlowFiles } from '../host/slow/slow-files.ts';
import type { GpuReaders } from './gpu-readers.ts';

/** GPUs, who uses them, and what the kernel's log tells. */
export interface GpuSources {
  readonly collectors: readonly Collector[];
  stop(): Promise<void>;
}

/**
 * Tells of GPUs of all makers, once `begin` has resolved.
 *
 * Until then, and before anything was read, there is nothing to tell but of `others`, which were read elsewhere:
 * units come first, and wait for no driver.
 */
export function startGpuSources(
  config: ExporterConfig,
  files: SlowFiles,
  log: Log,
  begin: Promise<void>,
  others: () => readonly GpuReading[] = () => [],
): GpuSources {
  let readers: GpuReaders | undefined;
  let problem: unknown;
  let isStopped = false;
  start().catch((thrown: unknown) => {
    problem = thrown;
    log.error({ err: messageOf(thrown) }, 'GPUs cannot be read');
  });

  async function start(): Promise<void> {
    await begin;
    const { startGpuReaders } = await import('./gpu-readers.ts');
    if (!isStopped) readers = startGpuReaders(config, files, log);
  }

  /** Throws why there are no readers and will be none. */
  function current(): GpuReaders | undefined {
    if (problem !== undefined) throw problem;
    return readers;
  }

  return {
    collectors: [
      createGpuCollector(() => {
        const { gpus, collections } = current()?.gpus() ?? { gpus: [], collections: [] };
        return { gpus: [...gpus, ...others()], collections };
      }),
      createGpuPresenceCollector(() => current()?.presence() ?? { pci: [], gpus: [], counts: [] }),
      createGpuUnitsCollector(async () => (await current()?.units()) ?? []),
      ...(config.gpu.processes
        ? [createGpuProcessesCollector(async () => (await current()?.processes()) ?? [])]
        : []),
      createJetsonCollector(() => current()?.jetson()),
      ...(config.kernelLog ? [createKernelLogCollector(() => current()?.kernelLog())] : []),
    ],
    async stop() {
      isStopped = true;
      await readers?.stop();
    },
  };
}
