import { type DaemonSpec, type DaemonState, type DaemonStatus, daemonStatus } from '../domain/daemon.ts';
import { Failure } from '../domain/errors.ts';
import { type FoundProcess, lookAtPidFile, type PidFileLook } from './pid-file.ts';
import { isHiddenProcess } from './process-names.ts';
import { readSmallFile } from './small-file.ts';

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
export async function lookAtDaemon(
  { pidFile, statusFile }: DaemonSpec,
  procfs: string,
  nowSeconds: number,
): Promise<DaemonLook> {
  const status = statusFile && (await readStatus(statusFile, nowSeconds));
  return { ...found(await lookAtPidFile({ path: pidFile, procfs })), status };
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
      return without('failed', `process ${look.pid} is another one, younger than the pid file`);
    case 'alive':
      return { state: 'active', detail: 'running', process: look.process, deadPid: undefined };
    default:
      return look satisfies never;
  }
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
