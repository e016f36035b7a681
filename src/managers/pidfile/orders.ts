import type { DaemonSpec } from '../../domain/daemon.ts';
import { messageOf } from '../../domain/errors.ts';
import type { UnitAction } from '../../domain/step.ts';
import type { DaemonLook } from '../../host/processes/daemon.ts';
import { type FoundProcess, isStillThere } from '../../host/processes/pid-file.ts';
import { signalOwned } from '../../host/processes/signal-owned.ts';
import { readAccount } from '../../host/processes/user-account.ts';
import { type CommandEnd, runServiceCommand } from '../../host/programs/service-command.ts';
import { poll } from '../poll.ts';
import { commandFault, type Done, done, refused } from './outcome.ts';
import { createRenew, isAnew, type RenewOptions } from './renew.ts';

/** What can be done to daemons. */
export interface DaemonOrders {
  /** Does it, and waits until the process has done as it should, or the time of the daemon is over. */
  give(action: UnitAction, daemon: DaemonSpec, signal: AbortSignal): Promise<Done>;
  /** Runs one of its commands as its user. */
  runAs(
    daemon: DaemonSpec,
    argv: readonly string[],
    limitMs: number,
    signal: AbortSignal,
  ): Promise<CommandEnd>;
}

/** What is needed to give orders. */
export type DaemonOrdersOptions = RenewOptions;

/** Gives a way to start and stop daemons by their own commands. */
export function createDaemonOrders(options: DaemonOrdersOptions): DaemonOrders {
  const { procfs, clock, lookAt } = options;
  const renew = createRenew(options);

  async function give(action: UnitAction, daemon: DaemonSpec, signal: AbortSignal): Promise<Done> {
    const look = await lookAt(daemon);
    if (look.state === 'unknown') return refused(`${daemon.name}: ${look.detail}`);
    switch (action) {
      case 'restart':
        return await restart(daemon, look, signal);
      case 'start':
        return look.process === undefined
          ? await start(daemon, look, signal)
          : done(`${daemon.name} was already running`);
      case 'stop':
        return look.process === undefined
          ? done(`${daemon.name} was not running (${look.detail})`)
          : await stop(daemon, look.process, signal);
      case 'reload':
      case 'reset_failed':
        return refused(`a daemon with a pid file has no ${action}, so nothing was done to ${daemon.name}`);
      default:
        return action satisfies never;
    }
  }

  async function runAs(
    { user }: DaemonSpec,
    argv: readonly string[],
    limitMs: number,
    signal: AbortSignal,
  ): Promise<CommandEnd> {
    try {
      const account = user === undefined ? undefined : await readAccount(user);
      return await runServiceCommand({ argv, account }, limitMs, signal);
    } catch (thrown) {
      signal.throwIfAborted();
      return { kind: 'not-started', problem: messageOf(thrown) };
    }
  }

  async function restart(daemon: DaemonSpec, look: DaemonLook, signal: AbortSignal): Promise<Done> {
    const { start: startArgv, restart: restartArgv } = daemon.commands;
    if (startArgv === undefined && restartArgv === undefined) {
      return refused(`${daemon.name} has no command to restart it, and none to start it`);
    }
    if (look.process !== undefined) return await restartRunning(daemon, look, look.process, signal);
    if (restartArgv === undefined || startArgv !== undefined) return await start(daemon, look, signal);
    if (isReused(look)) return refused(`${daemon.name}: ${look.detail}; remove its pid file`);
    return await startBy(daemon, restartArgv, restartLimitMs(daemon), look, signal);
  }

  async function restartRunning(
    daemon: DaemonSpec,
    look: DaemonLook,
    process: FoundProcess,
    signal: AbortSignal,
  ): Promise<Done> {
    const { start: startArgv, restart: argv } = daemon.commands;
    const first =
      argv === undefined
        ? { starts: false, run: (late: AbortSignal) => stop(daemon, process, late) }
        : {
            starts: true,
            run: (late: AbortSignal) => startBy(daemon, argv, restartLimitMs(daemon), look, late),
          };
    // Whatever the caller has said meanwhile: it has limits of its own.
    const startAgain = startArgv && ((now: DaemonLook) => start(daemon, now, new AbortController().signal));
    return await renew({ daemon, look, process, first, start: startAgain }, signal);
  }

  async function start(daemon: DaemonSpec, look: DaemonLook, signal: AbortSignal): Promise<Done> {
    const argv = daemon.commands.start;
    if (argv === undefined) return refused(`${daemon.name} has no command to start it`);
    return await startBy(daemon, argv, daemon.startTimeoutMs, look, signal);
  }

  async function startBy(
    daemon: DaemonSpec,
    argv: readonly string[],
    limitMs: number,
    before: DaemonLook,
    signal: AbortSignal,
  ): Promise<Done> {
    const since = clock.elapsedMs();
    const fault = commandFault(argv, await runAs(daemon, argv, limitMs, signal), limitMs);
    if (fault !== undefined) return fault;
    const rest = Math.max(0, limitMs - (clock.elapsedMs() - since));
    const after = await poll(clock, rest, signal, async () => {
      const look = await lookAt(daemon);
      return isAnew(look, before) ? look : undefined;
    });
    if (after === undefined) {
      return done(
        `${daemon.name} has not written the pid of a new process within ${limitMs / 1000} s`,
        'timeout',
      );
    }
    if (after.process === undefined)
      return done(`${daemon.name} has started and ended (${after.detail})`, 'failed');
    return done(`${daemon.name} has started as process ${after.process.pid}`);
  }

  async function stop(daemon: DaemonSpec, process: FoundProcess, signal: AbortSignal): Promise<Done> {
    const { commands, stopSignal, stopTimeoutMs, name } = daemon;
    const since = clock.elapsedMs();
    const fault = commands.stop
      ? commandFault(commands.stop, await runAs(daemon, commands.stop, stopTimeoutMs, signal), stopTimeoutMs)
      : stopSignal === undefined
        ? refused(`${name} has no command to stop it, and no signal`)
        : sendStop(daemon, process, stopSignal);
    if (fault !== undefined && (!fault.accepted || isStillThere(procfs, process))) return fault;
    if (fault !== undefined)
      return done(`${name}, process ${process.pid}, has ended, although ${fault.detail}`);
    const rest = Math.max(0, stopTimeoutMs - (clock.elapsedMs() - since));
    const isGone = async () => (isStillThere(procfs, process) ? undefined : true);
    if (await poll(clock, rest, signal, isGone)) return done(`${name}, process ${process.pid}, has ended`);
    return done(`${name}, process ${process.pid}, has not ended within ${stopTimeoutMs / 1000} s`, 'timeout');
  }

  function sendStop(
    { name, pidFile }: DaemonSpec,
    process: FoundProcess,
    stopSignal: NonNullable<DaemonSpec['stopSignal']>,
  ): Done | undefined {
    const problem = signalOwned({ pidFile, process, signal: stopSignal, procfs });
    return problem === undefined ? undefined : refused(`${name}: ${problem}`);
  }

  return { give, runAs };
}

function restartLimitMs({ stopTimeoutMs, startTimeoutMs }: DaemonSpec): number {
  return stopTimeoutMs + startTimeoutMs;
}

/** Whether its pid file names a process of somebody else, which a command of the daemon could end. */
function isReused({ state, deadPid }: DaemonLook): boolean {
  return state === 'failed' && deadPid === undefined;
}
