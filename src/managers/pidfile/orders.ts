import type { Clock } from '../../domain/clock.ts';
import type { DaemonSpec } from '../../domain/daemon.ts';
import { messageOf } from '../../domain/errors.ts';
import type { Action } from '../../domain/policy.ts';
import type { DaemonLook } from '../../host/daemon.ts';
import { type FoundProcess, isStillThere } from '../../host/pid-file.ts';
import { type CommandEnd, runServiceCommand } from '../../host/service-command.ts';
import { signalOwned } from '../../host/signal-owned.ts';
import { readAccount } from '../../host/user-account.ts';
import { poll } from '../poll.ts';
import { commandFault, type Done, done, refused } from './outcome.ts';

/** What can be done to daemons. */
export interface DaemonOrders {
  /** Does it, and waits until the process has done as it should, or the time of the daemon is over. */
  give(action: Action, daemon: DaemonSpec, signal: AbortSignal): Promise<Done>;
  /** Runs one of its commands as its user. */
  runAs(
    daemon: DaemonSpec,
    argv: readonly string[],
    limitMs: number,
    signal: AbortSignal,
  ): Promise<CommandEnd>;
}

/** What is needed to give orders. */
export interface DaemonOrdersOptions {
  readonly procfs: string;
  readonly clock: Clock;
  readonly lookAt: (daemon: DaemonSpec) => Promise<DaemonLook>;
}

/** Gives a way to start and stop daemons by their own commands. */
export function createDaemonOrders({ procfs, clock, lookAt }: DaemonOrdersOptions): DaemonOrders {
  async function give(action: Action, daemon: DaemonSpec, signal: AbortSignal): Promise<Done> {
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
    const { process } = look;
    if (process === undefined && startArgv !== undefined) return await start(daemon, look, signal);
    if (restartArgv !== undefined) {
      if (isReused(look)) return refused(`${daemon.name}: ${look.detail}; remove its pid file`);
      const limitMs = daemon.stopTimeoutMs + daemon.startTimeoutMs;
      return await startBy(daemon, restartArgv, limitMs, look, signal);
    }
    if (process !== undefined && startArgv !== undefined) return await stopAndStart(daemon, process, signal);
    return refused(`${daemon.name} has no command to restart it, and none to start it`);
  }

  async function stopAndStart(daemon: DaemonSpec, process: FoundProcess, signal: AbortSignal): Promise<Done> {
    const stopped = await stop(daemon, process, signal);
    if (stopped.jobResult !== 'done') return stopped;
    const started = await start(daemon, await lookAt(daemon), signal);
    return started.accepted ? started : done(`${stopped.detail}, but ${started.detail}`, 'failed');
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
        : await sendStop(daemon, process, stopSignal);
    if (fault !== undefined) return fault;
    const rest = Math.max(0, stopTimeoutMs - (clock.elapsedMs() - since));
    const isGone = async () => (isStillThere(procfs, process) ? undefined : true);
    if (await poll(clock, rest, signal, isGone)) return done(`${name}, process ${process.pid}, has ended`);
    return done(`${name}, process ${process.pid}, has not ended within ${stopTimeoutMs / 1000} s`, 'timeout');
  }

  async function sendStop(
    { name, pidFile }: DaemonSpec,
    process: FoundProcess,
    stopSignal: NonNullable<DaemonSpec['stopSignal']>,
  ): Promise<Done | undefined> {
    const problem = await signalOwned({ pidFile, process, signal: stopSignal, procfs });
    return problem === undefined ? undefined : refused(`${name}: ${problem}`);
  }

  return { give, runAs };
}

/** Whether its pid file names a process of somebody else, which a command of the daemon could end. */
function isReused({ state, deadPid }: DaemonLook): boolean {
  return state === 'failed' && deadPid === undefined;
}

/** Whether there is a process that was not there before, or was and has ended already. */
function isAnew(look: DaemonLook, before: DaemonLook): boolean {
  if (look.process !== undefined) {
    return look.process.pid !== before.process?.pid || look.process.startTicks !== before.process.startTicks;
  }
  return look.deadPid !== undefined && look.deadPid !== (before.deadPid ?? before.process?.pid);
}
