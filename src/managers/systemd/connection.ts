import type { Bus } from '../../host/bus.ts';
import { createJobWatch, type JobWatch } from '../../host/systemd/job-watch.ts';

/** A bus, and systemd's jobs on it. */
export interface Connection {
  readonly bus: Bus;
  readonly jobs: JobWatch;
}

/** Gives the connection of now. */
export interface Connections {
  /** Connects when it is first needed, and again after the connection broke. */
  current(): Promise<Connection>;
  close(): void;
}

/** Keeps one connection: a bus that went away yesterday does not stand in the way today. */
export function createConnections(connect: () => Promise<Bus>): Connections {
  let current: Promise<Connection> | undefined;

  function connection(): Promise<Connection> {
    if (current !== undefined) return current;
    const opening = open();
    const forget = () => {
      if (current === opening) current = undefined;
    };
    opening.then(({ bus }) => bus.closed.then(forget), forget);
    current = opening;
    return opening;
  }

  async function open(): Promise<Connection> {
    const bus = await connect();
    try {
      return { bus, jobs: await createJobWatch(bus) };
    } catch (thrown) {
      bus.close();
      throw thrown;
    }
  }

  return {
    current: connection,
    close() {
      current?.then(({ bus }) => bus.close()).catch(() => undefined);
    },
  };
}
