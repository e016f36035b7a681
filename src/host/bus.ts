import { EventEmitter } from 'node:events';
import { Duplex } from 'node:stream';
import { DBusError, Message, type MessageBus, MessageType, sessionBus, Variant } from 'dbus-next';
import { messageOf } from '../domain/errors.ts';
import { createGate } from './gate.ts';
import { createWaits } from './waits.ts';

/** A method call. `body` follows D-Bus's own types; a signature says which. */
export interface BusCall {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly signature?: string;
  readonly body?: readonly unknown[];
}

/** A signal, its body as plain values. */
export interface BusSignal {
  /** Unique name of the connection that sent it, as in `:1.2`; anybody may send any signal to anybody. */
  readonly sender: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly body: readonly unknown[];
}

/** A connection to a message bus. It does not mend itself: when it closes, connect anew. */
export interface Bus {
  /**
   * Calls a method and gives the reply's body as plain values, 64-bit numbers as bigint.
   *
   * Throws BusFault if the other side answers with an error, Failure `timeout` or `unreachable` if it does
   * not answer.
   */
  call(call: BusCall, signal?: AbortSignal): Promise<readonly unknown[]>;
  /** Asks the bus for the signals that fit a match rule. */
  addMatch(rule: string): Promise<void>;
  onSignal(listener: (signal: BusSignal) => void): void;
  /** Resolves when the connection is gone, with the reason. */
  readonly closed: Promise<string>;
  close(): void;
}

/** An error that the other side answered with. */
export class BusFault extends Error {
  override readonly name = 'BusFault';
  /** As in `org.freedesktop.systemd1.NoSuchUnit`. */
  readonly errorName: string;

  constructor(errorName: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.errorName = errorName;
  }
}

/** How to reach a bus, and how long to wait for it. */
export interface BusOptions {
  /** As in `unix:path=/run/dbus/system_bus_socket`. */
  readonly address: string;
  readonly timeoutMs?: number;
}

/** Calls under way at once; dbus-daemon drops replies from 128 on (`max_replies_per_connection`). */
const MAX_IN_FLIGHT = 64;

const DEFAULT_TIMEOUT_MS = 10_000;

/** The system bus of this machine, or the one that `DBUS_SYSTEM_BUS_ADDRESS` names. */
export function systemBusAddress(env: NodeJS.ProcessEnv = process.env): string {
  return env['DBUS_SYSTEM_BUS_ADDRESS'] ?? 'unix:path=/run/dbus/system_bus_socket';
}

/** Connects to a bus. Throws Failure `unreachable` if nobody answers there. */
export async function connectBus({ address, timeoutMs = DEFAULT_TIMEOUT_MS }: BusOptions): Promise<Bus> {
  const client = sessionBus({ busAddress: address });
  const waits = createWaits(timeoutMs);
  const closed = new Promise<string>((resolve) => whenGone(client, resolve));
  void closed.then((reason) => waits.abandon(reason));
  const connected = new Promise<void>((resolve) => client.once('connect', () => resolve()));
  try {
    await waits.until(connected, `connecting to D-Bus at ${address}`);
  } catch (thrown) {
    cutOff(client);
    throw thrown;
  }
  const gate = createGate(MAX_IN_FLIGHT);

  async function call(request: BusCall, signal?: AbortSignal): Promise<readonly unknown[]> {
    const what = `${request.member} of ${request.destination}`;
    const reply = await gate(() => waits.until(sent(client, request), what, signal));
    return reply.map(plain);
  }

  return {
    call,
    async addMatch(rule) {
      const bus = 'org.freedesktop.DBus';
      const path = '/org/freedesktop/DBus';
      await call({
        destination: bus,
        path,
        interface: bus,
        member: 'AddMatch',
        signature: 's',
        body: [rule],
      });
    },
    onSignal(listener) {
      client.on('message', (message: Message) => {
        if (message.type !== MessageType.SIGNAL) return;
        const { sender, path, interface: iface, member, body } = message;
        listener({ sender, path, interface: iface, member, body: body.map(plain) });
      });
    },
    closed,
    close() {
      cutOff(client);
      waits.abandon('closed by fettle');
    },
  };
}

/**
 * Tells when the connection has ended.
 *
 * dbus-next does not say so itself (0.11): calls under way stay pending for ever when dbus-daemon dies, so
 * the end is taken from the connection underneath.
 */
function whenGone(client: MessageBus, tell: (reason: string) => void): void {
  // Its types leave out `error`, which it emits nonetheless.
  const emitter: EventEmitter = client;
  emitter.on('error', (thrown: unknown) => tell(messageOf(thrown)));
  const connection = connectionOf(client);
  if (connection instanceof EventEmitter) connection.on('end', () => tell('the bus closed the connection'));
}

/** Ends a connection on the spot; dbus-next's own `disconnect` waits for the other side, which may hang. */
function cutOff(client: MessageBus): void {
  const stream: unknown = Reflect.get(Object(connectionOf(client)), 'stream');
  if (stream instanceof Duplex) stream.destroy();
}

function connectionOf(client: MessageBus): unknown {
  return Reflect.get(client, '_connection');
}

async function sent(client: MessageBus, { body, signature, ...rest }: BusCall): Promise<readonly unknown[]> {
  try {
    const message = new Message({ ...rest, signature: signature ?? '', body: [...(body ?? [])] });
    return (await client.call(message))?.body ?? [];
  } catch (thrown) {
    if (!(thrown instanceof DBusError)) throw thrown;
    throw new BusFault(thrown.type, thrown.text, { cause: thrown });
  }
}

/** A D-Bus value without its variants. */
function plain(value: unknown): unknown {
  if (value instanceof Variant) return plain(value.value);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
}
