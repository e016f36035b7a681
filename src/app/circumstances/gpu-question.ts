import type { Circumstances, Known } from '../../domain/circumstances.ts';
import { messageOf } from '../../domain/errors.ts';
import type { KernelLogCounts } from '../../domain/kernel-log.ts';
import { blockingXids, gpusWithXids, isOverflowing } from '../../sources/circumstances/blocking-xids.ts';
import {
  type GpuEvidence,
  hottestGpu,
  leastFreeMemory,
  needsNvidia,
  needsSensors,
} from '../../sources/circumstances/heat.ts';
import type { XidWatch } from '../../sources/circumstances/xid-watch.ts';
import type { GpuLook, NvidiaLook } from '../gpu-look.ts';

/** What one decision wants to know of GPUs; each of them is asked once, and only if it matters. */
export interface GpuQuestion {
  /** Undefined: no GPU has a sensor. */
  hottest(): Promise<Known<number | undefined>>;
  leastFreeMemory(): Promise<Known<number | undefined>>;
  blockingXids(): Promise<Circumstances['blockingXids']>;
}

/** Gives the answers for one decision. May throw Failure. */
export function createGpuQuestion(look: GpuLook, xids: Pick<XidWatch, 'read' | 'settled'>): GpuQuestion {
  const pci = once(() => look.pci());
  const sensors = once(() => attempt('reading the sensors of GPUs', () => look.sensors()));

  async function nvidia(): Promise<Known<NvidiaLook>> {
    const isThere = (await pci()).some(needsNvidia);
    return isThere ? await look.nvidia() : { known: true, value: { gpus: [], beganSeconds: undefined } };
  }

  async function evidence(): Promise<Pick<GpuEvidence, 'pci' | 'nvidia'>> {
    const found = await nvidia();
    return {
      pci: await pci(),
      nvidia: found.known ? { known: true, value: found.value.gpus } : found,
    };
  }

  async function xidsNow(counts: KernelLogCounts): Promise<Circumstances['blockingXids']> {
    if (isOverflowing(counts))
      return { known: false, why: 'there were too many Xids in this boot to tell them apart' };
    const found = gpusWithXids(counts).length > 0 ? await nvidia() : undefined;
    return { known: true, value: blockingXids(counts, (address) => healthySeconds(address, found)) };
  }

  return {
    async hottest() {
      const hasSensors = (await pci()).some(needsSensors);
      const [known, chips, jetson] = await Promise.all([
        evidence(),
        hasSensors ? sensors() : { known: true as const, value: [] },
        look.jetson(),
      ]);
      return hottestGpu({ ...known, sensors: chips, jetson });
    },
    async leastFreeMemory() {
      const hasOthers = (await pci()).some(needsSensors);
      const drm = hasOthers ? await attempt('reading AMD and Intel GPUs', () => look.drm()) : undefined;
      return leastFreeMemory(await evidence(), drm ?? { known: true, value: [] });
    },
    async blockingXids() {
      // Also of a GPU that is no longer on the bus.
      const now = xids.read();
      if (now.known) return await xidsNow(now.counts);
      const hasNvidia = (await pci()).some(({ vendor }) => vendor === 'nvidia');
      if (!hasNvidia) return { known: true, value: [] };
      const log = await xids.settled();
      return log.known ? await xidsNow(log.counts) : log;
    },
  };
}

/** When the driver said that a GPU needs nothing: before that it was reset, if it had asked for it. */
function healthySeconds(pciBusId: string, look: Known<NvidiaLook> | undefined): number | undefined {
  if (!look?.known) return undefined;
  const gpu = look.value.gpus.find((one) => one.pciBusId === pciBusId);
  return gpu?.recoveryAction === 0 ? look.value.beganSeconds : undefined;
}

async function attempt<T>(what: string, work: () => Promise<T>): Promise<Known<T>> {
  try {
    return { known: true, value: await work() };
  } catch (thrown) {
    return { known: false, why: `${what}: ${messageOf(thrown)}` };
  }
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let given: Promise<T> | undefined;
  return () => {
    given ??= work();
    return given;
  };
}
