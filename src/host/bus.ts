import { Failure, messageOf } from '../domain/errors.ts';
import { withinLimit } from '../domain/limit.ts';
import { socketPaths } from './dbus/address.ts';
import { Connection } from './dbus/connection.ts';
import { openLink } from './dbus/link.ts';
import type { MethodCall } from './dbus/outgoing.ts';
import type { Signal, SignalHeader } from './dbus/signals.ts';

export { BusFault } from './dbus/fault.ts';

/** A method call. `body` follows D-Bus's own types; a signature says which. */
export type BusCall = MethodCall;

/** A signal, its body as plain values, which are read when they are asked for. */
export type BusSignal = Signal;

/** A connection to a message bus, or to systemd itself. It does not mend itself: when it closes, connect anew. */
export interface Bus {
  /** Whether systemd itself is at the other side: then nobody else is, and its signals come unasked. */
  readonly peer: boolean;
  /**
   * Calls a method and gives the reply's body as plain values: 64-bit numbers as bigint, an array of bytes as
   * Buffer, a dictionary as Map, a variant as what is in it.
   *
   * At most 64 are under way at once; the limit on time counts from when a call is sent. Throws BusFault if the
   * other side answers with an error, Failure `timeout` or `unreachable` if it does not answer.
   */
  call(call: BusCall, signal?: AbortSignal): Promise<readonly unknown[]>;
  /** Makes several calls at once, cheaper than one by one; gives all their bodies in order, or throws as one did. */
  callAll(calls: readonly BusCall[], signal?: AbortSignal): Promise<readonly (readonly unknown[])[]>;
  /** Asks the bus for the signals that fit a match rule. */
  addMatch(rule: string): Promise<void>;
  /** Tells a listener of the signals that it wants; the others cost next to nothing. It ends the bus by throwing. */
  onSignal(listener: (signal: BusSignal) => void, wants?: (header: SignalHeader) => boolean): void;
  /** Resolves when the connection is gone, with the reason. */
  readonly closed: Promise<string>;
  /** Ends the connection on the spot, even if the other side hangs. */
  close(): void;
}

/** How to reach a bus, and how long to wait for it. */
export interface BusOptions {
  /** As in `unix:path=/run/dbus/system_bus_socket`; several, separated by `;`, are tried in turn. */
  readonly address: string;
  /** For connecting, and for each answer; 10 s unless said otherwise. */
  readonly timeoutMs?: number;
  /** Whether the address is systemd's own, as in `unix:path=/run/systemd/private`, without a bus between. */
  readonly peer?: boolean;
}

/** Calls under way at once: enough to keep systemd busy. */
const MAX_IN_FLIGHT = 64;

/** dbus-daemon refuses calls beyond 128 that have not been answered (`max_replies_per_connection`). */
const MAX_UNANSWERED = 127;

const DEFAULT_TIMEOUT_MS = 10_000;

/** The bus itself. */
const BUS = {
  destination: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  interface: 'org.freedesktop.DBus',
};

/** The system bus of this machine, or the one that `DBUS_SYSTEM_BUS_ADDRESS` names. */
export function systemBusAddress(env: NodeJS.ProcessEnv = process.env): string {
  return env['DBUS_SYSTEM_BUS_ADDRESS'] ?? 'unix:path=/run/dbus/system_bus_socket';
}

/** Connects to a bus. Throws Failure `unreachable` or `timeout` if nobody answers there. */
export async function connectBus(options: BusOptions): Promise<Bus> {
  const { address, timeoutMs = DEFAULT_TIMEOUT_MS, peer = false } = options;
  const what = `connecting to D-Bus at ${address}`;
  try {
    const connection = await withinLimit(what, timeoutMs, undefined, (signal) =>
      connect(socketPaths(address), timeoutMs, peer, signal),
    );
    return busOver(connection, peer);
  } catch (cause) {
    if (cause instanceof Failure && cause.code === 'timeout') {
      throw new Failure('timeout', `${what}: no answer within ${timeoutMs / 1000} s`, { cause });
    }
    throw new Failure('unreachable', `${what}: ${messageOf(cause)}`, { cause });
  }
}

/** The first of several sockets that answers. Throws why none does. */
async function connect(
  paths: readonly string[],
  timeoutMs: number,
  peer: boolean,
  signal: AbortSignal,
): Promise<Connection> {
  const reasons: string[] = [];
  for (const path of paths) {
    try {
      return await openConnection(path, timeoutMs, peer, signal);
    } catch (thrown) {
      signal.throwIfAborted();
      reasons.push(messageOf(thrown));
    }
  }
  throw new Error(reasons.join('; '));
}

async function openConnection(
  path: string,
  timeoutMs: number,
  peer: boolean,
  signal: AbortSignal,
): Promise<Connection> {
  const limits = { timeoutMs, inFlight: MAX_IN_FLIGHT, unanswered: MAX_UNANSWERED };
  const connection = await openLink(path, (link) => new Connection(link, limits), signal);
  try {
    // A bus gives a connection its name, and nothing else before that.
    if (!peer) await connection.call({ ...BUS, member: 'Hello' }, signal);
    return connection;
  } catch (thrown) {
    connection.ended('it could not be used');
    throw thrown;
  }
}

function busOver(connection: Connection, peer: boolean): Bus {
  return {
    peer,
    call: (call, signal) => connection.call(call, signal),
    callAll: (calls, signal) => connection.callAll(calls, signal),
    async addMatch(rule) {
      if (!peer) await connection.call({ ...BUS, member: 'AddMatch', signature: 's', body: [rule] });
    },
    onSignal: (listener, wants = () => true) => connection.onSignal(listener, wants),
    closed: connection.closed,
    close: () => connection.ended('closed by fettle'),
  };
}
