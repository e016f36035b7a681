import { createCgroupCollector } from '../collectors/cgroup.ts';
import type { Collector } from '../collectors/collector.ts';
import { createIpCollector } from '../collectors/ip.ts';
import { createResolvedCollector } from '../collectors/resolved.ts';
import { createSystemdCollector } from '../collectors/systemd.ts';
import type { ExporterConfig } from '../config/config.ts';
import type { CommonUnitReading } from '../domain/common-unit.ts';
import { messageOf } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import { connectBus } from '../host/bus.ts';
import { bootSeconds, systemClock } from '../host/clock.ts';
import { findUserManagers, type UserManager } from '../host/systemd/user-managers.ts';
import { createResolvedReader } from '../sources/resolved/source.ts';
import { createCommonUnits } from '../sources/systemd/common.ts';
import { type SystemdSource, startSystemdSource } from '../sources/systemd/source.ts';
import { startUserSources, type UserSources } from '../sources/systemd/users.ts';
import { openCgroups } from './cgroup-reader.ts';

/** What systemd and the cgroups of its units say. */
export interface SystemdSources {
  readonly collectors: readonly Collector[];
  /** Resolves when all units have been looked at once. */
  readonly settled: Promise<void>;
  /** What its services have in common with those of other managers. */
  units(): Promise<readonly CommonUnitReading[]>;
  /** Takes another choice of units over. */
  include(includes: (name: string) => boolean): void;
  stop(): void;
}

/** systemd's own, without a bus between; it calls it internal. */
const PRIVATE_SOCKET = 'unix:path=/run/systemd/private';

/** Starts to follow systemd, the managers of those users that are wanted, and their cgroups. */
export function startSystemdSources(config: ExporterConfig, busAddress: string, log: Log): SystemdSources {
  const { includesUnit, users: wantedUsers } = config;
  let includes = includesUnit;
  const connect = () => connectBus({ address: busAddress });
  const connectSystemd = config.privateSocket
    ? () => connectBus({ address: PRIVATE_SOCKET, peer: true })
    : connect;
  const shared = { includes: (name: string) => includes(name), clock: systemClock, bootSeconds, log };
  const system = startSystemdSource({ ...shared, connect: connectSystemd });
  const users =
    wantedUsers.length === 0
      ? undefined
      : startUserSources({
          find: findUserManagers,
          wants: ({ user, uid }) =>
            wantedUsers === 'all' || wantedUsers.includes(user) || wantedUsers.includes(String(uid)),
          follow: (manager) => followUser(manager, shared),
          clock: systemClock,
          log,
        });
  const resolved = config.resolved ? createResolvedReader(connect) : undefined;
  const cgroups = createCgroups(config, [() => system.units(), () => users?.units() ?? []]);
  const common = createCommonUnits();
  void readAhead(cgroups.read, system.settled);

  return {
    collectors: [
      createSystemdCollector(
        () => system.read(),
        () => users?.read() ?? [],
        config,
      ),
      createIpCollector((signal) => system.readIp(signal), config.oldTypes),
      createCgroupCollector(cgroups.read),
      ...(resolved === undefined ? [] : [createResolvedCollector((signal) => resolved.read(signal))]),
    ],
    settled: system.settled,
    async units() {
      const { up, units } = system.read();
      const own = (users?.read() ?? []).map(({ user, systemd }) => ({ user, ...systemd }));
      const managers = [{ user: undefined, up, units }, ...own].filter((manager) => manager.up);
      return common(managers, await cgroups.read().catch(() => []));
    },
    include(next) {
      includes = next;
      refresh(system, users).catch((thrown: unknown) =>
        log.warn({ err: messageOf(thrown) }, 'units could not be listed anew'),
      );
    },
    stop() {
      system.stop();
      users?.stop();
      resolved?.close();
      cgroups.close();
    },
  };
}

/**
 * Reads cgroups while systemd is still being asked about units: opening their files takes a while too, and the
 * first page should wait for neither.
 */
async function readAhead(read: () => Promise<unknown>, settled: Promise<void>): Promise<void> {
  const isOver = settled.then(() => true);
  while (!(await Promise.race([isOver, systemClock.sleep(READ_AHEAD_MS)]))) {
    await read().catch(() => undefined); // the page will say
  }
}

const READ_AHEAD_MS = 100;

/** What is the same for every manager of systemd. */
type Shared = Omit<Parameters<typeof startSystemdSource>[0], 'connect'>;

function followUser({ user, address }: UserManager, { log, ...shared }: Shared): SystemdSource {
  const connect = () => connectBus({ address, peer: true });
  return startSystemdSource({ ...shared, connect, log: withFields(log, { user }) });
}

/** A log whose lines say what they are about. */
function withFields(log: Log, fields: Readonly<Record<string, unknown>>): Log {
  return {
    error: (own, message) => log.error({ ...fields, ...own }, message),
    warn: (own, message) => log.warn({ ...fields, ...own }, message),
    info: (own, message) => log.info({ ...fields, ...own }, message),
  };
}

async function refresh(system: SystemdSource, users: UserSources | undefined): Promise<void> {
  await Promise.all([system.refresh(), users?.refresh()]);
}

type CgroupUnits = Parameters<ReturnType<typeof openCgroups>['read']>[0];

/** The cgroups of units that several managers have. */
function createCgroups(
  { cgroupFamilies, slices }: Pick<ExporterConfig, 'cgroupFamilies' | 'slices'>,
  managers: readonly (() => CgroupUnits)[],
) {
  const { read, close } = openCgroups(cgroupFamilies);
  const readAll = () => {
    const units = managers.flatMap((unitsOf) => unitsOf());
    return read(slices ? units : units.filter(({ type }) => type !== 'slice'));
  };
  let reading: ReturnType<typeof readAll> | undefined;
  return {
    /** Two collectors of one scrape share a reading. */
    read() {
      reading ??= readAll().finally(() => {
        reading = undefined;
      });
      return reading;
    },
    close,
  };
}
