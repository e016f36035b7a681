import { accessSync, constants, readFileSync, statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemdBooted } from './booted.ts';
import { type Finished, type LabProcess, type RunOptions, runInside, spawnInside } from './inside.ts';
import { partsMissing, unpackedParts } from './parts.ts';
import { startTime } from './processes.ts';
import { findProgram } from './programs.ts';
import { type Supervisor, startSupervisor } from './supervisor.ts';
import { repository } from './unpack.ts';

/** A real systemd, booted as PID 1 of its own namespaces on this host. */
export interface Lab {
  /** PID 1 of the lab as the host sees it. */
  readonly pid: number;
  /** The lab's file system seen from the host. */
  readonly root: string;
  /** D-Bus address of the lab's system bus that works on the host, for root. */
  readonly busAddress: string;
  /** A fresh host folder, shared read-write with the lab at the same path; it goes with the lab. */
  readonly dir: string;
  /** Runs a command inside and waits for it: 30 s at most, and a non-zero exit throws, unless said otherwise. */
  run(argv: readonly string[], options?: RunOptions): Promise<Finished>;
  /** Starts a long-running program inside; its output goes to the host file `log`. */
  spawn(
    argv: readonly string[],
    options: { readonly log: string; readonly env?: Record<string, string> },
  ): LabProcess;
  /** Writes /etc/systemd/system/NAME in the lab and reloads systemd. */
  writeUnit(name: string, text: string): Promise<void>;
  /** Ends everything in the lab; resolves when nothing of it is left on the host. */
  stop(): Promise<void>;
}

/** What a lab shares with its host. */
export interface LabOptions {
  /** `host` (unless said otherwise) shares 127.0.0.1; `private` has a loopback of its own and nothing else. */
  readonly net?: 'host' | 'private';
  /** Host folders bind-mounted read-write at the same path. All else is an overlay, thrown away at stop. */
  readonly share?: readonly string[];
}

/** One sentence why no lab can boot here, or undefined where one can. Cheap: downloads and starts nothing. */
export function labMissing(): string | undefined {
  if (process.platform !== 'linux') return 'the lab boots systemd, which needs Linux';
  if (process.getuid?.() !== 0) return 'the lab makes namespaces and cgroups, which needs root';
  const programs = [
    'bash',
    'unshare',
    'nsenter',
    'setpriv',
    'setsid',
    'mount',
    'pivot_root',
    'chroot',
    'find',
  ];
  const absent = programs.filter((name) => findProgram(name) === undefined);
  if (absent.length > 0) return `the lab needs ${absent.join(', ')} (Debian: util-linux, mount, findutils)`;
  if (!mayMount()) return 'the lab mounts file systems, and this root lacks CAP_SYS_ADMIN (a container?)';
  if (!mayMakeCgroups())
    return 'the lab makes cgroups, and /sys/fs/cgroup is absent or read-only (a container?)';
  return partsMissing();
}

/**
 * Boots a lab; about half a second. Throws when it cannot, with the tail of its console.
 *
 * The lab ends with `stop()` or with this process, however that ends, and leaves nothing on the host.
 */
export async function startLab({ net = 'host', share = [] }: LabOptions = {}): Promise<Lab> {
  const reason = labMissing();
  if (reason !== undefined) throw new Error(`no lab can boot here: ${reason}`);
  const parts = await unpackedParts();
  const supervisor = await startSupervisor({ net, share: [...share, ...hiddenFolders()], parts });
  try {
    await systemdBooted(supervisor.pid);
    return labOf(supervisor);
  } catch (cause) {
    const tail = supervisor.consoleTail();
    await supervisor.stop();
    throw new Error(`the lab did not boot: ${cause instanceof Error ? cause.message : cause}\n${tail}`, {
      cause,
    });
  }
}

function labOf({ pid, dir, stop }: Supervisor): Lab {
  const started = startTime(pid);
  const insist = (): void => {
    // Never enter a process that has merely inherited the pid: it would be the host's.
    if (startTime(pid) !== started) throw new Error('the systemd of the lab has exited');
  };
  const root = `/proc/${pid}/root`;
  const run: Lab['run'] = async (argv, options) => {
    insist();
    return runInside(pid, argv, options);
  };
  return {
    pid,
    root,
    busAddress: `unix:path=${root}/run/dbus/system_bus_socket`,
    dir,
    run,
    spawn(argv, options) {
      insist();
      return spawnInside(pid, argv, options);
    },
    async writeUnit(name, text) {
      insist();
      await writeFile(`${root}/etc/systemd/system/${name}`, text);
      await run(['systemctl', 'daemon-reload']);
    },
    stop,
  };
}

/** The lab shows the host's root file system only: these would be hidden behind its private mounts. */
function hiddenFolders(): readonly string[] {
  const rootDevice = statSync('/').dev;
  return [repository, dirname(process.execPath)].filter(
    (folder) => /^\/(tmp|run|var\/tmp|dev)\//.test(`${folder}/`) || statSync(folder).dev !== rootDevice,
  );
}

function mayMount(): boolean {
  const capabilities = /^CapEff:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  const sysAdmin = 21n;
  return ((BigInt(`0x${capabilities}`) >> sysAdmin) & 1n) === 1n;
}

function mayMakeCgroups(): boolean {
  // A cgroup v1 host often has its hierarchies below a read-only tmpfs.
  return ['', 'systemd', 'unified'].some((name) => {
    try {
      accessSync(join('/sys/fs/cgroup', name), constants.W_OK);
      return true;
    } catch {
      return false;
    }
  });
}
