import type { KernelEvent } from '../../domain/kernel-log.ts';

/** Events like one that was told are not told again for so long. */
const BURST_SECONDS = 5;

/** Kinds of events that are remembered. */
const MOST_KINDS = 256;

interface Burst {
  /** When it was told. */
  readonly since: number;
  swallowed: number;
}

/**
 * Collapses bursts: some Xids come once for each channel, or in several lines.
 *
 * Gives undefined for what need not be told, else how many like it were swallowed since the last that was told.
 * Xids are alike if GPU, number and process are.
 */
export function createBursts(): (event: KernelEvent, seconds: number) => number | undefined {
  const bursts = new Map<string, Burst>();
  return (event, seconds) => {
    const key = likenessOf(event);
    const burst = bursts.get(key);
    // A clock that was set back must not silence anything.
    const isOver = burst === undefined || !(Math.abs(seconds - burst.since) < BURST_SECONDS);
    if (!isOver) {
      burst.swallowed += 1;
      return undefined;
    }
    bursts.delete(key);
    bursts.set(key, { since: seconds, swallowed: 0 });
    if (bursts.size > MOST_KINDS) bursts.delete(bursts.keys().next().value ?? '');
    return burst?.swallowed ?? 0;
  };
}

function likenessOf(event: KernelEvent): string {
  switch (event.kind) {
    case 'xid':
      return `xid ${event.pciBusId} ${event.xid} ${event.pid ?? ''}`;
    case 'gpu-lost':
    case 'gpu-identified':
      return `${event.kind} ${event.pciBusId}`;
    case 'sxid':
      return `sxid ${event.pciBusId} ${event.sxid} ${event.severity}`;
    case 'gpu-driver':
      return `gpu-driver ${event.driver} ${event.pciBusId} ${event.trouble}`;
    case 'oom-kill':
      return `oom-kill ${event.pid}`;
    case 'io-error':
      return `io-error ${event.device}`;
    case 'filesystem-error':
      return `filesystem-error ${event.filesystem} ${event.device}`;
    case 'thermal-throttle':
      return `thermal-throttle ${event.scope}`;
    default:
      return event satisfies never;
  }
}
