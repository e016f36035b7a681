import type { Clock } from '../../domain/clock.ts';
import type { Log } from '../../domain/log.ts';
import type { Probe, ProbeReading } from '../../domain/probe.ts';
import { createGate } from '../../host/gate.ts';
import { type FollowedProbe, type FollowOptions, followProbe } from './follow.ts';

/** Probes that are asked in the background. */
export interface ProbeSource {
  /** At once; in the order of the probes. */
  read(): readonly ProbeReading[];
  /** Takes other probes over. Those with the same mark go on as they are, their counters too. */
  replace(probes: readonly MarkedProbe[]): void;
  /** Ends all questions, and resolves when nothing is asked any more. */
  stop(): Promise<void>;
}

/** A probe, and what is the same for two of them that ask the same. */
export interface MarkedProbe {
  readonly mark: string;
  readonly probe: Probe;
}

/** Questions under way at a time, over all probes. */
const MOST_AT_A_TIME = 16;

/** Starts to ask probes, each on its own schedule. */
export function startProbeSource(
  probes: readonly MarkedProbe[],
  { clock, log, random }: { readonly clock: Clock; readonly log: Log; readonly random: () => number },
): ProbeSource {
  const options: FollowOptions = { gate: createGate(MOST_AT_A_TIME), clock, log, random };
  let followed: ReadonlyMap<string, FollowedProbe> = new Map();
  const stopped = new Set<Promise<void>>();

  function drop(one: FollowedProbe): void {
    const end = one.stop().finally(() => stopped.delete(end));
    stopped.add(end);
  }

  function replace(next: readonly MarkedProbe[]): void {
    const before = new Map(followed);
    followed = new Map(
      next.map(({ mark, probe }) => {
        const same = before.get(mark);
        before.delete(mark);
        return [mark, same ?? followProbe(probe, options)];
      }),
    );
    for (const gone of before.values()) drop(gone);
  }

  replace(probes);
  return {
    read: () => [...followed.values()].map((one) => one.reading()),
    replace,
    async stop() {
      replace([]);
      await Promise.all(stopped);
    },
  };
}
