import type { Clock } from '../domain/clock.ts';
import type { DaemonSpec } from '../domain/daemon.ts';
import { Failure } from '../domain/errors.ts';
import type { Outcome, ServiceManager } from '../domain/repair.ts';
import type { UnitAction } from '../domain/step.ts';
import type { Unit, UnitRef } from '../domain/unit.ts';
import { createDaemonLook, type DaemonLook } from '../host/processes/daemon.ts';
import { createInvocations } from './invocations.ts';
import { withoutLimits } from './no-limits.ts';
import { createDaemonOrders } from './pidfile/orders.ts';
import { commandFault, refused } from './pidfile/outcome.ts';
import { unitOfDaemon } from './pidfile/unit.ts';

/** What is needed to manage daemons that write their pid to a file. */
export interface PidfileManagerOptions {
  readonly daemons: readonly DaemonSpec[];
  /** Where procfs is mounted. */
  readonly procfs: string;
  readonly clock: Clock;
  /** How long a restart waits for a process to end once its stop has failed, timed out or been called off. */
  readonly graceMs?: number;
}

/** Short beside the 90 s that systemd gives fettle itself to end, and what the limits of a daemon leave of a repair. */
const GRACE_MS = 15_000;

/** A look at a unit may take 10 s altogether. */
const STATUS_LIMIT_MS = 5000;

/**
 * Daemons that write their pid to a file and have commands of their own.
 *
 * A command that says that it is done proves nothing: the process does. Where the pid file names a process that is not
 * proven to be the daemon's, no command is run that could end it (stop and restart of a daemon mostly send a signal to
 * whatever pid is in the file), and a pid file that cannot be believed is a refusal.
 */
export function createPidfileManager(options: PidfileManagerOptions): ServiceManager {
  const { daemons, procfs, clock, graceMs = GRACE_MS } = options;
  const byName = new Map(daemons.map((daemon) => [daemon.name, daemon]));
  const invocationOf = createInvocations();

  const specOf = ({ manager, name }: UnitRef) => (manager === 'pidfile' ? byName.get(name) : undefined);
  const lookOnce = createDaemonLook(procfs);
  const lookAt = (daemon: DaemonSpec) => lookOnce(daemon, clock.now().getTime() / 1000);
  const orders = createDaemonOrders({ procfs, clock, lookAt, graceMs });

  async function inspect(ref: UnitRef, signal: AbortSignal): Promise<Unit | undefined> {
    const daemon = specOf(ref);
    if (daemon === undefined) return undefined;
    const look = await lookAt(daemon);
    const { state } = look;
    if (state === 'unknown') {
      throw new Failure('unreadable', `looking at ${daemon.name}: ${look.detail}`);
    }
    const problem = state === 'active' ? await askStatus(daemon, signal) : undefined;
    return unitOfDaemon(ref, daemon, { ...look, state }, invocationOf(daemon.name, runOf(look)), problem);
  }

  /** What its status command says against it. */
  async function askStatus(daemon: DaemonSpec, signal: AbortSignal): Promise<string | undefined> {
    const argv = daemon.commands.status;
    if (argv === undefined) return undefined;
    const end = await orders.runAs(daemon, argv, STATUS_LIMIT_MS, signal);
    return commandFault(argv, end, STATUS_LIMIT_MS)?.detail;
  }

  async function run(action: UnitAction, ref: UnitRef, signal: AbortSignal): Promise<Outcome> {
    const daemon = specOf(ref);
    const result =
      daemon === undefined
        ? refused(`no daemon ${ref.name} is configured`)
        : await orders.give(action, daemon, signal);
    return { ...result, unit: result.accepted ? await inspect(ref, signal).catch(unknown) : undefined };
  }

  return { kind: 'pidfile', inspect, run, ...withoutLimits('a daemon with a pid file') };
}

/** A pid file that is being written at this moment says nothing of the unit. */
function unknown(thrown: unknown): undefined {
  if (!(thrown instanceof Failure)) throw thrown;
}

function runOf({ process, deadPid }: DaemonLook) {
  if (process !== undefined) {
    const known = `pid ${process.pid}`;
    return { known, exact: `${known}, started ${process.startTicks} ticks after boot` };
  }
  return deadPid === undefined ? undefined : { known: `pid ${deadPid}`, exact: undefined };
}
