import { type DaemonSpec, type DaemonState, type DaemonStatus, daemonStatus } from '../../domain/daemon.ts';
import { Failure } from '../../domain/errors.ts';
import { readSmallFile } from '../files/small-file.ts';
import { type FoundProcess, lookAtPidFile, type PidFileLook } from './pid-file.ts';
import { isHiddenProcess } from './process-names.ts';

/** A daemon as it is found at one moment. */
export interface DaemonLook {
  readonly state: DaemonState;
  /** In a few words. */
  readonly detail: string;
  /** The process that it is proven to be, while it is active. */
  readonly process: FoundProcess | undefined;
  /** The pid that its file names, of a process that has ended. */
  readonly deadPid: number | undefined;
  readonly status: DaemonStatus | undefined;
}

/** Status files are a few lines. */
const LARGEST_STATUS = 64 * 1024;

/** Looks at a daemon: its pid file, its process and its status file. Throws Failure `unreadable` without procfs. */
export type LookAtDaemon = (daemon: DaemonSpec, nowSeconds: number) => Promise<DaemonLook>;

/** Gives a look that remembers the process of each daemon, by name: it knows it again after the clock was set. */
export function createDaemonLook(procfs: string): LookAtDaemon {
  const known = new Map<string, FoundProcess>();
  return async ({ name, pidFile, processName, statusFile }, nowSeconds) => {
    const status = statusFile && (await readStatus(statusFile, nowSeconds));
    const look = await lookAtPidFile({ path: pidFile, procfs, known: known.get(name), name: processName });
    if (look.kind === 'alive') known.set(name, look.process);
    return { ...found(look), status };
  };
}

type Found = Omit<DaemonLook, 'status'>;

function found(look: PidFileLook): Found {
  switch (look.kind) {
    case 'none':
      return without('inactive', 'no pid file');
    case 'bad':
      return without('unknown', `${look.problem}; remove it if the daemon does not run`);
    case 'dead':
      if (isHiddenProcess(look.pid))
        return without(
          'unknown',
          `procfs hides process ${look.pid} (hidepid); run fettle as one who may see it`,
        );
      return { ...without('failed', `process ${look.pid} has ended`), deadPid: look.pid };
    case 'reused':
      return look.proof === undefined
        ? without('unknown', doubt(look.pid))
        : without('failed', `process ${look.pid} is another one: ${look.proof}`);
    case 'alive':
      return { state: 'active', detail: 'running', process: look.process, deadPid: undefined };
    default:
      return look satisfies never;
  }
}

/** The same to the eye, after the clock of a running daemon's machine was set forward, and of one that has ended. */
function doubt(pid: number): string {
  return (
    `process ${pid} is younger than the pid file: it is another one, or the clock was set since; ` +
    'remove the pid file if the daemon does not run, else restart it by hand'
  );
}

function without(state: DaemonState, detail: string): Found {
  return { state, detail, process: undefined, deadPid: undefined };
}

async function readStatus(
  settings: NonNullable<DaemonSpec['statusFile']>,
  nowSeconds: number,
): Promise<DaemonStatus> {
  try {
    const file = await readSmallFile(settings.path, LARGEST_STATUS);
    const text = file?.bytes.toString('utf8') ?? '';
    return daemonStatus(settings, file && { text, modifiedSeconds: file.modifiedSeconds }, nowSeconds);
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown;
    return { problem: 'status file cannot be read', modifiedSeconds: undefined, values: new Map() };
  }
}
