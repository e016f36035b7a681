import type { CgroupValues } from '../domain/cgroup.ts';
import { Failure, messageOf } from '../domain/errors.ts';
import { withinLimit } from '../domain/limit.ts';
import type { Log } from '../domain/log.ts';
import type { UnitReading } from '../domain/reading.ts';
import { connectBus } from '../host/bus.ts';
import { bootSeconds, systemClock } from '../host/clock.ts';
import { startSystemdSource } from '../sources/systemd/source.ts';
import { openCgroups } from './cgroup-reader.ts';

/** Units and what their cgroups use at one moment. */
export interface UnitsReading {
  /** Why systemd does not answer; there are no units then. Undefined while it does. */
  readonly problem: string | undefined;
  readonly units: readonly UnitReading[];
  /** By the name of the unit. Those are left out that have no cgroup, or one that may not be read. */
  readonly cgroups: ReadonlyMap<string, CgroupValues>;
}

/** Some units of this machine, for a person who looks at them; needs no fettle that runs, and no root. */
export interface OpenUnits {
  read(): Promise<UnitsReading>;
  stop(): void;
}

/** Which units, and where systemd is. */
export interface UnitsOptions {
  readonly busAddress: string;
  /** Whether a unit is wanted; others cost nothing. */
  readonly includes: (name: string) => boolean;
  /** Calls the opening off. */
  readonly signal?: AbortSignal | undefined;
}

/** Longest wait for one answer of the bus or of systemd: somebody sits and waits. */
const ANSWER_LIMIT_MS = 5000;

/** Thousands of units on a machine under load take their time, as long as each answer comes. */
const OPEN_LIMIT_MS = 60_000;

/**
 * Reads the wanted units for the first time and follows them until stopped.
 *
 * Throws Failure `unreachable` if systemd does not answer, `timeout` if it does not get done.
 */
export async function openUnits({ busAddress, includes, signal }: UnitsOptions): Promise<OpenUnits> {
  const troubles = createTroubles();
  const source = startSystemdSource({
    connect: () => connectBus({ address: busAddress, timeoutMs: ANSWER_LIMIT_MS }).catch(troubles.rethrow),
    includes,
    clock: systemClock,
    bootSeconds,
    log: troubles.log,
  });
  try {
    await withinLimit('reading the units', OPEN_LIMIT_MS, signal, () => source.settled);
    if (!source.read().up) throw new Failure('unreachable', troubles.last());
  } catch (thrown) {
    source.stop();
    throw thrown;
  }
  const cgroupFiles = openCgroups(['cpu', 'memory', 'pids', 'limits']);

  return {
    async read() {
      const { up, units } = source.read();
      if (!up) return { problem: troubles.last(), units: [], cgroups: new Map() };
      // What may not be read is left blank; the units themselves are known all the same.
      const cgroups = await cgroupFiles.read(units).catch(() => []);
      return { problem: undefined, units, cgroups: new Map(cgroups.map((one) => [one.unit, one.values])) };
    },
    stop() {
      source.stop();
      cgroupFiles.close();
    },
  };
}

interface Troubles {
  readonly log: Log;
  rethrow(thrown: unknown): never;
  last(): string;
}

/** Keeps the last thing that went wrong. The log alone would not do: the source tells only the first of many. */
function createTroubles(): Troubles {
  let last = 'no answer';
  const keep: Log['warn'] = ({ err }, message) => {
    last = String(err ?? message);
  };
  return {
    log: { error: keep, warn: keep, info: () => undefined },
    rethrow(thrown) {
      last = messageOf(thrown);
      throw thrown;
    },
    last: () => last,
  };
}
