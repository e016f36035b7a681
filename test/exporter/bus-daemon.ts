import type { Lab } from '../lab/lab.ts';

/** The dbus-daemon of a lab's system bus, and what can happen to it. */
export interface BusDaemon {
  /** `kill -9`: every connection is closed at once. Whoever connects next makes systemd start another. */
  kill(): Promise<void>;
  /** As `kill`, but nobody can connect, and so no other is started, until `letConnect`. */
  killForGood(): Promise<void>;
  letConnect(): Promise<void>;
  /** It takes nothing and closes nothing until `resume`: what is sent to it waits in its sockets. */
  stop(): Promise<void>;
  resume(): Promise<void>;
}

const SOCKET = '/run/dbus/system_bus_socket';

/** Where nobody looks for it; systemd goes on listening to it all the same. */
const HIDDEN = `${SOCKET}.hidden`;

/** Gives a hold of a lab's dbus-daemon, whichever runs at the moment. */
export function busDaemon(lab: Lab): BusDaemon {
  async function signal(name: 'KILL' | 'STOP' | 'CONT'): Promise<void> {
    // Root's systemctl talks to systemd itself, without a bus between.
    const show = await lab.run(['systemctl', 'show', '--value', '-p', 'MainPID', 'dbus.service']);
    const pid = show.stdout.trim();
    if (pid === '0') throw new Error('no dbus-daemon runs in the lab');
    await lab.run(['sh', '-c', `kill -${name} ${pid}`]);
  }
  return {
    kill: () => signal('KILL'),
    async killForGood() {
      await lab.run(['mv', SOCKET, HIDDEN]);
      await signal('KILL');
    },
    async letConnect() {
      await lab.run(['mv', HIDDEN, SOCKET]);
    },
    stop: () => signal('STOP'),
    resume: () => signal('CONT'),
  };
}
