import type { Clock } from '../../domain/clock.ts';
import { messageOf } from '../../domain/errors.ts';
import type { Log } from '../../domain/log.ts';
import type { UnitReading, UserReading } from '../../domain/reading.ts';
import type { UserManager } from '../../host/systemd/user-managers.ts';
import type { SystemdSource } from './source.ts';

/** The managers of users, each followed for as long as it runs. */
export interface UserSources {
  read(): readonly UserReading[];
  /** The units alone, with whose they are, as they are known also while their manager is away. */
  units(): readonly (UnitReading & { readonly user: string })[];
  /** Reads all units again, as after a change of the filter. */
  refresh(): Promise<void>;
  stop(): void;
}

/** What is needed to follow users' managers. */
export interface UserSourcesOptions {
  /** Which users' managers run now. */
  readonly find: () => Promise<readonly UserManager[]>;
  /** Whether a user's manager is wanted; users are told by name and by number. */
  readonly wants: (manager: UserManager) => boolean;
  /** Starts following one manager. */
  readonly follow: (manager: UserManager) => SystemdSource;
  readonly clock: Clock;
  readonly log: Log;
}

/** How often users are looked for: one who logs in is seen within this time. */
const LOOK_EVERY_MS = 5000;

/** Starts to follow the managers of users that come and go; goes on until stopped. */
export function startUserSources({ find, wants, follow, clock, log }: UserSourcesOptions): UserSources {
  const followed = new Map<string, SystemdSource>();
  const stopping = new AbortController();

  async function look(): Promise<void> {
    const found = new Map((await find()).filter(wants).map((manager) => [manager.user, manager]));
    if (stopping.signal.aborted) return;
    for (const [user, source] of followed) {
      if (found.has(user)) continue;
      source.stop();
      followed.delete(user);
      log.info({ user }, 'the manager of a user has ended');
    }
    for (const [user, manager] of found) {
      if (!followed.has(user)) followed.set(user, follow(manager));
    }
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await look().catch((thrown: unknown) =>
        log.warn({ err: messageOf(thrown) }, 'users cannot be looked for'),
      );
      await clock.sleep(LOOK_EVERY_MS, stopping.signal).catch(() => undefined);
    }
  }

  void run();
  return {
    read: () => [...followed].map(([user, source]) => ({ user, systemd: source.read() })),
    units: () => [...followed].flatMap(([user, source]) => source.units().map((unit) => ({ ...unit, user }))),
    async refresh() {
      await Promise.all([...followed.values()].map((source) => source.refresh()));
    },
    stop() {
      stopping.abort();
      for (const source of followed.values()) source.stop();
      followed.clear();
    },
  };
}
