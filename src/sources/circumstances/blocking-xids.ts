import type { BlockingXid } from '../../domain/circumstances.ts';
import type { KernelLogCounts, RecoveryAction, XidCount } from '../../domain/kernel-log.ts';

/**
 * What Xids ask for that no restart of a service gives.
 *
 * Source: NVIDIA's catalogue of Xids. Those of NVLink (74, 144 to 150) do not say it themselves: 154 follows. 48 is an
 * error in memory that the GPU keeps until it is reset; after 79 it is no longer on the bus.
 */
const ASKS: ReadonlyMap<string, BlockingXid['asks']> = new Map([
  ...[46, 48, 62, 64, 95, 109, 110, 119, 120, 136, 140, 143, 155, 156, 158].map(
    (xid) => [String(xid), 'reset'] as const,
  ),
  ['79', 'reboot'],
]);

/** Xid 154: what should be done about the GPU has changed. Draining alone (3) is done by what uses it. */
const RECOVERY_XID = 154;
const ACTIONS: ReadonlyMap<number, BlockingXid['asks']> = new Map([
  [1, 'reset'],
  [2, 'reboot'],
  [4, 'reset'],
]);

/** What the counts call what has no room of its own. */
const OTHER = 'other';

/** When a GPU last was said to need nothing, by its driver itself: Unix seconds; undefined if it never was. */
export type HealthySeconds = (pciBusId: string) => number | undefined;

/** GPUs of which the log says something that blocks, whatever has become of them since. */
export function gpusWithXids(counts: KernelLogCounts): readonly string[] {
  return [...new Set(blockingXids(counts, () => undefined).map(({ pciAddress }) => pciAddress))];
}

/** Whether there were so many Xids that not all of them are known. */
export function isOverflowing({ xids }: KernelLogCounts): boolean {
  return xids.some(({ xid, count }) => xid === OTHER && count > 0);
}

/**
 * The Xids of this boot that ask for more than a restart, less those of GPUs that were reset since.
 *
 * That a GPU was reset is known by the log, where Xid 154 says later that nothing is left to be done, and by the
 * driver (`healthySeconds`). One that was only forgotten by the log may be missing.
 */
export function blockingXids(
  counts: KernelLogCounts,
  healthySeconds: HealthySeconds,
): readonly BlockingXid[] {
  const { xids, recoveryActions } = counts;
  const resetAt = (pciBusId: string) =>
    Math.max(settledAt(recoveryActions, pciBusId), healthySeconds(pciBusId) ?? Number.NEGATIVE_INFINITY);
  return [
    ...xids.flatMap((one) => askedByXid(one, resetAt(one.pciBusId))),
    ...recoveryActions.flatMap((one) => askedByAction(one, resetAt(one.pciBusId))),
  ];
}

function settledAt(actions: readonly RecoveryAction[], pciBusId: string): number {
  const last = actions.find((one) => one.pciBusId === pciBusId);
  return last?.action === 0 ? last.seconds : Number.NEGATIVE_INFINITY;
}

function askedByXid(
  { pciBusId, xid, count, lastSeconds }: XidCount,
  resetAt: number,
): readonly BlockingXid[] {
  const asks = ASKS.get(xid);
  const isOver = lastSeconds !== undefined && lastSeconds <= resetAt;
  if (asks === undefined || count === 0 || isOver) return [];
  return [{ pciAddress: pciBusId, code: Number(xid), asks }];
}

function askedByAction(
  { pciBusId, action, seconds }: RecoveryAction,
  resetAt: number,
): readonly BlockingXid[] {
  const asks = ACTIONS.get(action);
  return asks === undefined || seconds <= resetAt ? [] : [{ pciAddress: pciBusId, code: RECOVERY_XID, asks }];
}
