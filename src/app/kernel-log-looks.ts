import type { GpuReading } from '../domain/gpu.ts';
import type { KernelLogCounts } from '../domain/kernel-log.ts';
import type { Log } from '../domain/log.ts';
import { systemClock } from '../host/clock.ts';
import { openKmsg } from '../host/kmsg.ts';
import { type KernelLog, startKernelLog } from '../sources/kernel-log/source.ts';

/** What the kernel's log tells of GPUs, as far as it may be read. */
export interface KernelLogLooks {
  /** Resolves within half a second, with undefined where the log may not be read. */
  look(): Promise<KernelLogCounts | undefined>;
  stop(): Promise<void>;
}

const NO_LOG: Log = { error: () => undefined, warn: () => undefined, info: () => undefined };

/** Ten thousand records, more than the kernel keeps, take some 80 ms. */
const LIMIT_MS = 500;

const EVERY_MS = 10;

/** Follows `/dev/kmsg`. The journal is not asked instead: to start its reader takes longer than people like to wait. */
export function startKernelLogLooks(gpus: () => readonly GpuReading[], open = openKmsg): KernelLogLooks {
  const log = follow(gpus, open);
  return {
    async look() {
      const until = systemClock.elapsedMs() + LIMIT_MS;
      while (log !== undefined && systemClock.elapsedMs() < until) {
        const { counts } = log.read();
        if (counts !== undefined) return counts;
        await systemClock.sleep(EVERY_MS);
      }
      return log?.read().counts;
    },
    stop: async () => log?.stop(),
  };
}

function follow(gpus: () => readonly GpuReading[], open: typeof openKmsg): KernelLog | undefined {
  try {
    open().close();
  } catch {
    return undefined;
  }
  const journalctl = ['journalctl'];
  const unitOfPid = () => undefined;
  return startKernelLog({
    openKmsg: () => open(),
    journalctl,
    gpus,
    unitOfPid,
    clock: systemClock,
    log: NO_LOG,
  });
}
