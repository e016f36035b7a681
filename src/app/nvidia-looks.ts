import type { CollectedGpus } from '../domain/gpu-collection.ts';
import type { Log } from '../domain/log.ts';
import { systemClock } from '../host/clock.ts';
import { createNumbering } from '../sources/nvidia/numbering.ts';
import { type NvidiaReader, type NvidiaReaderOptions, startNvidiaReader } from '../sources/nvidia/source.ts';

/** Looks at NVIDIA GPUs, one look after the other. */
export interface NvidiaLooks {
  /** Runs nvidia-smi once; resolves within its limits, however it goes. */
  look(): Promise<CollectedGpus>;
  /** Ends the program of a look that is under way; resolves when that is done, or when its time is up. */
  stop(): Promise<void>;
}

/** Which nvidia-smi, what it may take, and where sysfs is mounted; as the reader has it. */
export type NvidiaLooksOptions = Omit<
  NvidiaReaderOptions,
  'mode' | 'intervalMs' | 'backOffMs' | 'numbering' | 'clock' | 'log'
>;

/** Nobody reads it: what went wrong is in the reading. */
const NO_LOG: Log = { error: () => undefined, warn: () => undefined, info: () => undefined };

/** Begins with no look; between looks nothing runs, and nothing holds the driver. */
export function createNvidiaLooks(options: NvidiaLooksOptions): NvidiaLooks {
  const numbering = createNumbering();
  let reader: NvidiaReader | undefined;
  let isStopped = false;

  /** A program that cannot be ended keeps others from being started: they would hang beside it. */
  function isStuck(): boolean {
    return (reader?.read().collection.stuckProcesses ?? 0) > 0;
  }

  return {
    async look() {
      if (reader === undefined || !isStuck()) {
        reader = startNvidiaReader({ ...options, numbering, mode: 'spawn', clock: systemClock, log: NO_LOG });
        if (isStopped) void reader.stop();
        await reader.first;
        await reader.stop();
      }
      return reader.read();
    },
    async stop() {
      isStopped = true;
      await reader?.stop();
    },
  };
}
