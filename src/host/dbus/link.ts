import { createConnection, type Socket } from 'node:net';
import { messageOf } from '../../domain/errors.ts';
import { createHandshake } from './handshake.ts';

/** A socket that messages go over, both sides having agreed to it. */
export interface Link {
  /** Sends bytes, whose memory may be used again once `sent` is called. */
  send(bytes: Buffer, sent: () => void): void;
  /** Bytes that the other side has not taken yet. */
  backlog(): number;
  /** Ends it on the spot, whatever the other side does. */
  cut(): void;
}

/** What is done with what comes over a link. */
export interface Receiver {
  /** The first `length` bytes of a chunk, whose memory is used again afterwards. */
  receive(chunk: Buffer, length: number): void;
  /** The link has ended; may be told more than once. */
  ended(reason: string): void;
}

/** One read takes so much at most: some 500 short answers. */
const CHUNK_BYTES = 65_536;

/**
 * Connects to a socket, logs in, and attaches a receiver at once, before anything more can come.
 *
 * Throws an Error that says why there is no link, or the reason of the signal.
 */
export function openLink<T extends Receiver>(
  path: string,
  attach: (link: Link) => T,
  signal: AbortSignal,
): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const handshake = createHandshake(process.geteuid?.() ?? 0);
    const onAbort = () => {
      socket.destroy();
      reject(signal.reason);
    };
    let receiver: Receiver = {
      receive(chunk, length) {
        const used = handshake.push(chunk, length);
        if (used === undefined) return;
        signal.removeEventListener('abort', onAbort);
        const attached = attach(linkOver(socket));
        receiver = attached;
        resolve(attached);
        attached.receive(chunk.subarray(used), length - used);
      },
      ended: (reason) => reject(new Error(reason)),
    };
    const socket = connect(path, () => receiver);
    socket.on('connect', () => socket.write(handshake.opening));
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

function linkOver(socket: Socket): Link {
  return {
    send: (bytes, sent) => socket.write(bytes, sent),
    backlog: () => socket.writableLength,
    cut: () => socket.destroy(),
  };
}

/** A socket that passes on what it is told to whoever is its receiver then. */
function connect(path: string, receiver: () => Receiver): Socket {
  const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
  const end = (reason: string) => {
    socket.destroy();
    receiver().ended(reason);
  };
  // One piece of memory for all reads: Node would take a new one of 64 kB for each.
  const onread = {
    buffer: chunk,
    callback(length: number) {
      try {
        receiver().receive(chunk, length);
      } catch (thrown) {
        end(messageOf(thrown));
      }
      return true;
    },
  };
  const socket = createConnection({ path, onread });
  socket.on('error', (error) => end(error.message));
  socket.on('end', () => end('the bus closed the connection'));
  return socket;
}
