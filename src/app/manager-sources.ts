import type { Collector } from '../collectors/collector.ts';
import { createDaemonCollector } from '../collectors/daemon.ts';
import { createLaunchdCollector } from '../collectors/launchd.ts';
import type { LaunchdConfig } from '../config/launchd.ts';
import type { CommonUnitReading } from '../domain/common-unit.ts';
import type { DaemonSpec } from '../domain/daemon.ts';
import { Failure } from '../domain/errors.ts';
import type { Log } from '../domain/log.ts';
import { type Background, startBackground } from '../host/background.ts';
import { systemClock, yieldTurn } from '../host/clock.ts';
import { isCgroup2 } from '../host/files/files.ts';
import { createLaunchctl } from '../host/launchctl/client.ts';
import { createProgram } from '../host/programs/program.ts';
import { createPsReader } from '../sources/launchd/ps.ts';
import { commonJobs, createLaunchdReader } from '../sources/launchd/source.ts';
import { commonDaemons, createDaemonReader } from '../sources/pidfile/source.ts';

/** Service managers beside systemd: launchd, and daemons that write their pid to a file. */
export interface ManagerSources {
  readonly collectors: readonly Collector[];
  /** What all their units have in common, as it was read last; waits for nothing. */
  units(): readonly CommonUnitReading[];
  stop(): void;
}

/** What is wanted of them. */
export interface ManagersConfig {
  readonly launchd: LaunchdConfig;
  readonly daemons: readonly DaemonSpec[];
  /** Where procfs is mounted. */
  readonly procfs: string;
}

/** Daemons are read so often; a page shows what was read last. */
const DAEMONS_EVERY_MS = 5000;
const DAEMONS_LIMIT_MS = 5000;
/** A round of launchctl takes some seconds where there are many jobs. */
const LAUNCHD_LIMIT_MS = 30_000;

const CGROUP_ROOT = '/sys/fs/cgroup';
const PS = '/bin/ps';
const PS_LIMITS = { timeoutMs: 5000, killAfterMs: 1000, capBytes: 1024 * 1024 };

/** Starts to read them in the background, as far as they are wanted: no scrape waits for a program. */
export function startManagerSources(
  config: ManagersConfig,
  log: Log,
  platform: NodeJS.Platform = process.platform,
): ManagerSources {
  const wantsLaunchd = config.launchd.enabled ?? platform === 'darwin';
  const jobs = wantsLaunchd ? startJobs(config.launchd, log) : undefined;
  const daemons = config.daemons.length > 0 ? startDaemons(config, log) : undefined;
  return {
    collectors: [
      ...(jobs === undefined ? [] : [createLaunchdCollector(() => latest('the jobs of launchd', jobs))]),
      ...(daemons === undefined ? [] : [createDaemonCollector(() => latest('the daemons', daemons))]),
    ],
    units() {
      const reading = jobs?.last().value;
      return [
        ...(reading === undefined ? [] : commonJobs(reading)),
        ...commonDaemons(daemons?.last().value ?? []),
      ];
    },
    stop() {
      jobs?.stop();
      daemons?.stop();
    },
  };
}

function startJobs({ path, domains, includesLabel, intervalMs }: LaunchdConfig, log: Log) {
  const uid = process.getuid?.() ?? 0;
  const ownDomain = uid === 0 ? 'system' : `gui/${uid}`;
  const read = createLaunchdReader({
    launchctl: createLaunchctl({ path }),
    readUsage: createPsReader(createProgram(PS, PS_LIMITS), () => systemClock.now().getTime() / 1000),
    domains: domains.length === 0 ? [ownDomain] : domains,
    includes: includesLabel,
  });
  const what = 'reading the jobs of launchd';
  return startBackground({
    what,
    read,
    everyMs: intervalMs,
    limitMs: LAUNCHD_LIMIT_MS,
    clock: systemClock,
    log,
  });
}

function startDaemons({ daemons, procfs }: ManagersConfig, log: Log) {
  const cgroups = isCgroup2(CGROUP_ROOT) ? CGROUP_ROOT : undefined;
  const read = createDaemonReader({ daemons, procfs, cgroups, clock: systemClock, yieldTurn });
  return startBackground({
    what: 'reading the daemons',
    read,
    everyMs: DAEMONS_EVERY_MS,
    limitMs: DAEMONS_LIMIT_MS,
    clock: systemClock,
    log,
  });
}

/** What was read last; waits for the first reading only. Throws Failure `unreadable` if the last one failed. */
async function latest<T>(what: string, background: Background<T>): Promise<T> {
  await background.first;
  const { value } = background.last();
  if (value === undefined)
    throw new Failure('unreadable', `${what} could not be read last; the log says why`);
  return value;
}
