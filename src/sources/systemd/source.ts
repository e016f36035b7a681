import type { Clock } from '../../domain/clock.ts';
import { messageOf } from '../../domain/errors.ts';
import type { Log } from '../../domain/log.ts';
import type { ManagerReading } from '../../domain/manager.ts';
import type { IpReading, SystemdReading, UnitReading } from '../../domain/reading.ts';
import { type Bus, BusFault } from '../../host/bus.ts';
import { isAway } from '../../host/systemd/systemd1.ts';
import { openSession, type Session } from './session.ts';
import { UnitStore } from './store.ts';

/** Every unit of systemd, kept in memory by its own signals; reading it asks systemd nothing. */
export interface SystemdSource {
  read(): SystemdReading;
  /** The units alone, as they are known also while systemd is away; without what is counted of them. */
  units(): readonly UnitReading[];
  /** The IP traffic of services, asked of systemd each time; nothing while systemd is away. */
  readIp(signal: AbortSignal): Promise<readonly IpReading[]>;
  /** Settles when all units have been read for the first time, or systemd could not be reached. */
  readonly settled: Promise<void>;
  /** Reads all units again, as after a change of the filter. */
  refresh(): Promise<void>;
  stop(): void;
}

/** What the source needs. */
export interface SystemdSourceOptions {
  readonly connect: () => Promise<Bus>;
  /** Whether a unit is wanted; others cost nothing. */
  readonly includes: (name: string) => boolean;
  readonly clock: Clock;
  /** Unix seconds at which the machine's monotonic clock was 0. */
  readonly bootSeconds: () => number;
  readonly log: Log;
}

/** Pauses between attempts to connect: quick at first, since dbus-daemon is back within a second. */
const RETRY_MS = [250, 500, 1000, 2000, 5000];

/** systemd that re-executes itself leaves the bus for some 0.1 s; after these it is away. */
const REEXEC_PAUSES_MS = [100, 200, 400, 800, 1600];

/** How often systemd's own state is read, which also tells that it is there: a stopped bus closes nothing. */
const REFRESH_EVERY_MS = 5000;

/** What changes of units without a signal has been read again after so many refreshes: a minute. */
const REFRESH_SHARES = 12;

/** How often all units are listed anew, in case a signal was lost. */
const RECONCILE_EVERY_MS = 5 * 60_000;

/** Starts following systemd; goes on until stopped, whatever happens to the bus. */
export function startSystemdSource(options: SystemdSourceOptions): SystemdSource {
  const { connect, includes, clock, bootSeconds, log } = options;
  const store = new UnitStore();
  const stopping = new AbortController();
  let session: Session | undefined;
  let failures = 0;
  let manager: ManagerReading | undefined;
  let settle: () => void;
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });

  async function follow(): Promise<void> {
    const bus = await connect();
    const onStop = () => bus.close();
    stopping.signal.addEventListener('abort', onStop, { once: true });
    try {
      const opened = await openSession(bus, store, { includes, now: clock.now, bootSeconds, log });
      await opened.sync();
      manager = await opened.readManager();
      session = opened;
      failures = 0;
      settle();
      log.info({ units: store.bareReadings().length }, 'following systemd');
      await opened.findAccounted();
      await Promise.race([keepAlive(opened), failWhenClosed(bus)]);
    } finally {
      session = undefined;
      stopping.signal.removeEventListener('abort', onStop);
      bus.close();
    }
  }

  async function keepAlive(opened: Session): Promise<never> {
    for (let waited = REFRESH_EVERY_MS; ; waited += REFRESH_EVERY_MS) {
      await clock.sleep(REFRESH_EVERY_MS, stopping.signal);
      if (waited % RECONCILE_EVERY_MS === 0) await patiently(() => opened.reconcile());
      manager = await patiently(() => opened.readManager());
      await opened.refresh(REFRESH_SHARES);
    }
  }

  /** Tries again while systemd re-executes itself. */
  async function patiently<T>(read: () => Promise<T>): Promise<T> {
    for (const pauseMs of REEXEC_PAUSES_MS) {
      try {
        return await read();
      } catch (thrown) {
        if (!(thrown instanceof BusFault && isAway(thrown))) throw thrown;
        await clock.sleep(pauseMs, stopping.signal);
      }
    }
    return read();
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await follow();
      } catch (thrown) {
        if (stopping.signal.aborted) return;
        if (failures === 0) log.warn({ err: messageOf(thrown) }, 'systemd cannot be reached; trying again');
        settle();
        await clock.sleep(RETRY_MS[failures++] ?? 5000, stopping.signal).catch(() => undefined);
      }
    }
  }

  void run();
  return {
    read: () => ({ up: session !== undefined, manager, units: store.readings() }),
    units: () => store.bareReadings(),
    readIp: async (signal) => (await session?.readIp(signal)) ?? [],
    settled,
    async refresh() {
      await session?.sync();
    },
    stop: () => stopping.abort(),
  };
}

async function failWhenClosed(bus: Bus): Promise<never> {
  throw new Error(await bus.closed);
}
