import type { GpuIdentity } from '../../domain/gpu.ts';
import {
  CRITICAL_XIDS,
  type KernelEvent,
  type KernelLogCounts,
  type LostGpu,
  lossIn,
  type ThrottleScope,
  type UnitOwner,
  type XidCount,
} from '../../domain/kernel-log.ts';
import { createBoundedCounts } from './bounded-counts.ts';

/** A GPU that is known from elsewhere. */
export type KnownGpu = Pick<GpuIdentity, 'uuid' | 'vendor' | 'pciBusId'>;

/** Counts what the log tells. */
export interface Tally {
  /** `owner` is the unit that was at work. */
  add(event: KernelEvent, seconds: number, owner?: UnitOwner): void;
  /** The same object as before if nothing has happened. */
  counts(): KernelLogCounts;
  /** Of the GPU there; empty if it has not been heard of. */
  uuidOf(pciBusId: string): string;
}

/** Most series of one metric: 16 GPUs with all that can happen to them, or a shelf of disks. */
const MOST_XIDS = 512;
const MOST_OTHERS = 128;

/** Most GPUs that are remembered. */
const MOST_GPUS = 64;

const OTHER = 'other';

/**
 * Starts a tally at 0.
 *
 * NVIDIA's GPUs among the known ones have their critical Xids at 0 from the start, so that the first is an increase.
 * A GPU once known stays so, since a lost one may no longer be listed.
 */
export function createTally(knownGpus: () => readonly KnownGpu[]): Tally {
  const xids = createBoundedCounts(MOST_XIDS, { pciBusId: OTHER, xid: OTHER });
  const unitXids = createBoundedCounts(MOST_OTHERS, { pciBusId: OTHER, unit: OTHER, user: '', xid: OTHER });
  const sxids = createBoundedCounts(MOST_OTHERS, { pciBusId: OTHER, sxid: OTHER, severity: OTHER });
  const troubles = createBoundedCounts(MOST_OTHERS, { driver: OTHER, pciBusId: OTHER, trouble: OTHER });
  const ioErrors = createBoundedCounts(MOST_OTHERS, { device: OTHER });
  const filesystems = createBoundedCounts(MOST_OTHERS, { filesystem: OTHER, device: OTHER });
  const throttles: Record<ThrottleScope, number> = { core: 0, package: 0 };
  const uuids = new Map<string, string>();
  const lost = new Map<string, Pick<LostGpu, 'vendor' | 'seconds'>>();
  const actions = new Map<string, { readonly action: number; readonly seconds: number }>();
  const zeroed = new Set<string>();
  let oomKills = 0;
  let last: KernelLogCounts | undefined;

  function learn(): void {
    for (const { uuid, vendor, pciBusId } of knownGpus()) {
      if (vendor !== 'nvidia' || pciBusId === '') continue;
      if (!zeroed.has(pciBusId) && zeroed.size < MOST_GPUS) {
        zeroed.add(pciBusId);
        last = undefined;
      }
      if (uuid !== '' && remember(uuids, pciBusId, uuid)) last = undefined;
    }
  }

  function count(event: KernelEvent, seconds: number): void {
    switch (event.kind) {
      case 'xid':
        xids.add({ pciBusId: event.pciBusId, xid: String(event.xid) }, seconds);
        if (event.recoveryAction !== undefined) {
          remember(actions, event.pciBusId, { action: event.recoveryAction, seconds });
        }
        return;
      case 'sxid':
        return sxids.add(
          { pciBusId: event.pciBusId, sxid: String(event.sxid), severity: event.severity },
          seconds,
        );
      case 'gpu-driver':
        return troubles.add(
          { driver: event.driver, pciBusId: event.pciBusId, trouble: event.trouble },
          seconds,
        );
      case 'gpu-identified':
        remember(uuids, event.pciBusId, event.uuid);
        return;
      case 'oom-kill':
        oomKills += 1;
        return;
      case 'io-error':
        return ioErrors.add({ device: event.device }, seconds);
      case 'filesystem-error':
        return filesystems.add({ filesystem: event.filesystem, device: event.device }, seconds);
      case 'thermal-throttle':
        throttles[event.scope] += 1;
        return;
      case 'gpu-lost':
        return;
      default:
        event satisfies never;
    }
  }

  function xidCounts(): readonly XidCount[] {
    const told = new Map(xids.list().map((one) => [`${one.key.pciBusId} ${one.key.xid}`, one]));
    const silent = [...zeroed].flatMap((pciBusId) =>
      CRITICAL_XIDS.filter((xid) => !told.has(`${pciBusId} ${xid}`)).map((xid) => ({
        key: { pciBusId, xid: String(xid) },
        count: 0,
        lastSeconds: undefined,
      })),
    );
    return [...told.values(), ...silent].map(({ key, count, lastSeconds }) => ({
      ...key,
      uuid: uuids.get(key.pciBusId) ?? '',
      count,
      lastSeconds,
    }));
  }

  function read(): KernelLogCounts {
    return {
      xids: xidCounts(),
      unitXids: unitXids.list().map(({ key: { user, ...key }, count }) => ({
        ...key,
        uuid: uuids.get(key.pciBusId) ?? '',
        user: user === '' ? undefined : user,
        count,
      })),
      sxids: sxids.list().map(({ key, count }) => ({ ...key, count })),
      gpuTroubles: troubles.list().map(({ key, count }) => ({ ...key, count })),
      oomKills,
      ioErrors: ioErrors.list().map(({ key, count }) => ({ ...key, count })),
      filesystemErrors: filesystems.list().map(({ key, count }) => ({ ...key, count })),
      thermalThrottles: { ...throttles },
      lostGpus: [...lost].map(([pciBusId, loss]) => ({
        pciBusId,
        uuid: uuids.get(pciBusId) ?? '',
        ...loss,
      })),
      recoveryActions: [...actions].map(([pciBusId, action]) => ({
        pciBusId,
        uuid: uuids.get(pciBusId) ?? '',
        ...action,
      })),
    };
  }

  return {
    add(event, seconds, owner) {
      last = undefined;
      count(event, seconds);
      if (event.kind === 'xid' && owner !== undefined) {
        const { pciBusId, xid } = event;
        unitXids.add({ pciBusId, unit: owner.unit, user: owner.user ?? '', xid: String(xid) }, seconds);
      }
      const loss = lossIn(event);
      if (loss !== undefined) remember(lost, loss.pciBusId, { vendor: loss.vendor, seconds });
    },
    counts() {
      learn();
      last ??= read();
      return last;
    },
    uuidOf(pciBusId) {
      learn();
      return uuids.get(pciBusId) ?? '';
    },
  };
}

/** Keeps a value of a GPU, if there is room; says whether that has changed anything. */
function remember<V>(values: Map<string, V>, pciBusId: string, value: V): boolean {
  const known = values.has(pciBusId);
  if ((!known && values.size >= MOST_GPUS) || (known && values.get(pciBusId) === value)) return false;
  values.set(pciBusId, value);
  return true;
}
