import type { Clock } from '../../domain/clock.ts';
import { createGate } from '../../domain/gate.ts';
import type { Log } from '../../domain/log.ts';
import type { Probe, ProbeReading, ProbeType } from '../../domain/probe.ts';
import type { Places } from '../../host/slow/slow-files.ts';
import { type FollowedProbe, followProbe } from './follow.ts';

/** Probes that are asked in the background. */
export interface ProbeSource {
  /** At once; in the order of the probes. */
  read(): readonly ProbeReading[];
  /** Takes other probes over. Those with the same mark go on as they are, their counters too. */
  replace(probes: readonly MarkedProbe[]): void;
  /** Calls all questions off, and resolves when none is waited for any more; who runs a program for one ends it. */
  stop(): Promise<void>;
}

/** A probe, and what is the same for two of them that ask the same. */
export interface MarkedProbe {
  readonly mark: string;
  readonly probe: Probe;
}

/** Questions to services under way at a time: one that waits costs a socket and some memory. */
const MOST_CONNECTIONS = 512;

/** Those that wait for a service; the others wait for places of their own, in lines of their own. */
const OVER_THE_NETWORK: ReadonlySet<ProbeType> = new Set(['http', 'tcp', 'redis', 'dns']);

/** Starts to ask probes, each on its own schedule. */
export function startProbeSource(
  probes: readonly MarkedProbe[],
  { clock, log, random }: { readonly clock: Clock; readonly log: Log; readonly random: () => number },
): ProbeSource {
  const connections = createGate(MOST_CONNECTIONS);
  const gateOf = (type: ProbeType): Places => (OVER_THE_NETWORK.has(type) ? connections : (work) => work());
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
        return [mark, same ?? followProbe(probe, { gate: gateOf(probe.type), clock, log, random })];
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
