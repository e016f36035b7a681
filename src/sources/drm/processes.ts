import { listFolder, readTextFile } from '../../host/files/files.ts';
import { listSome, readLink } from '../../host/files/links.ts';
import { type DrmClient, parseFdinfo } from './fdinfo.ts';

/** A client of a GPU's driver and a process that has it open. */
export interface DrmUse {
  readonly pid: number;
  readonly client: DrmClient;
}

/** Finds who has GPUs open, again and again. */
export type DrmScanner = (signal: AbortSignal) => Promise<readonly DrmUse[]>;

/** What is needed to scan. */
export interface DrmScannerOptions {
  /** Where procfs is mounted, as in `/proc`. */
  readonly procfs: string;
  /** Milliseconds of a clock that never jumps. */
  readonly elapsedMs: () => number;
  /** Lets others have their turn, between slices of the work. */
  readonly yieldTurn: () => Promise<void>;
  readonly limits?: DrmLimits;
}

/** Bounds of one scan. */
export interface DrmLimits {
  /** Processes looked at; those that use GPUs already come first. */
  readonly processes: number;
  /** Open files of one process. */
  readonly files: number;
  /** Open files of GPUs in all. */
  readonly clients: number;
}

const LIMITS: DrmLimits = { processes: 8192, files: 2048, clients: 4096 };

/** Scanning goes on for so long between two turns of the event loop. */
const SLICE_MS = 2;

/** Links that are read before the clock is looked at again. */
const FILES_AT_ONCE = 64;

/** Processes that had no GPU open are looked at again at every fourth scan only: most never will have one. */
const SHARES = 4;

const GPU_DEVICE = /^\/dev\/(dri\/|kfd$)/;

/**
 * Gives a scanner of the processes that have a GPU open.
 *
 * Only what links in `/proc/PID/fd` say is asked of all processes, which wakes no driver; `fdinfo`, for which the
 * driver may have to wait for its GPU, is read where a link leads to one. Processes that may not be looked into
 * (other users', unless for root) are left out. Source: proc_pid_fd(5), proc_pid_fdinfo(5).
 */
export function createDrmScanner(options: DrmScannerOptions): DrmScanner {
  const { procfs, elapsedMs, yieldTurn, limits = LIMITS } = options;
  const queue = createQueue(limits.processes);

  return async (signal) => {
    const names = await listFolder(procfs);
    const uses: DrmUse[] = [];
    let sliceMs = elapsedMs();
    const slice = async () => {
      if (elapsedMs() - sliceMs <= SLICE_MS) return;
      await yieldTurn();
      signal.throwIfAborted();
      sliceMs = elapsedMs();
    };
    for (const pid of queue.next(names.filter((name) => /^\d+$/.test(name)).map(Number))) {
      await slice();
      const files = await gpuFiles(procfs, pid, limits.files, slice);
      queue.looked(pid, files.length > 0);
      if (files.length === 0) continue;
      uses.push(...(await usesOf(procfs, pid, files.slice(0, limits.clients - uses.length), signal)));
    }
    return uses;
  };
}

/** Whom to look at: those who use GPUs first, then who is new and a share of the others. */
function createQueue(limit: number) {
  let usesGpu = new Map<number, boolean>();
  let round = 0;
  return {
    next(pids: readonly number[]): readonly number[] {
      round += 1;
      const before = usesGpu;
      // Those that have ended are forgotten.
      usesGpu = new Map(pids.flatMap((pid) => (before.has(pid) ? [[pid, before.get(pid) ?? false]] : [])));
      const isDue = (pid: number) => !usesGpu.has(pid) || pid % SHARES === round % SHARES;
      const users = pids.filter((pid) => usesGpu.get(pid));
      return [...users, ...pids.filter((pid) => !usesGpu.get(pid) && isDue(pid))].slice(0, limit);
    },
    looked: (pid: number, found: boolean) => usesGpu.set(pid, found),
  };
}

/** Numbers of a process's open files that are GPUs; some have thousands of files open, so others get their turns. */
async function gpuFiles(
  procfs: string,
  pid: number,
  limit: number,
  slice: () => Promise<void>,
): Promise<readonly string[]> {
  const folder = `${procfs}/${pid}/fd`;
  const found: string[] = [];
  for (const [index, fd] of openFiles(folder, limit).entries()) {
    if (index % FILES_AT_ONCE === FILES_AT_ONCE - 1) await slice();
    if (GPU_DEVICE.test(linkOrEmpty(`${folder}/${fd}`))) found.push(fd);
  }
  return found;
}

function openFiles(folder: string, limit: number): readonly string[] {
  try {
    return listSome(folder, limit);
  } catch {
    return [];
  }
}

/** Files are closed while one looks at them, and a process may end. */
function linkOrEmpty(path: string): string {
  try {
    return readLink(path) ?? '';
  } catch {
    return '';
  }
}

async function usesOf(
  procfs: string,
  pid: number,
  files: readonly string[],
  signal: AbortSignal,
): Promise<readonly DrmUse[]> {
  const uses: DrmUse[] = [];
  for (const fd of files) {
    const client = parseFdinfo(await readOrEmpty(`${procfs}/${pid}/fdinfo/${fd}`, signal));
    if (client !== undefined) uses.push({ pid, client });
  }
  return uses;
}

async function readOrEmpty(path: string, signal: AbortSignal): Promise<string> {
  try {
    return (await readTextFile(path, signal)) ?? '';
  } catch (thrown) {
    if (signal.aborted) throw thrown;
    return '';
  }
}
