import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { yieldTurn } from '../clock.ts';

/** Even if each chunk in it holds one byte of a body, a slice is work for a few milliseconds at most. */
export const SLICE_BYTES = 8192;

/**
 * A connection whose bytes come in slices, each in a turn of the event loop of its own.
 *
 * A socket hands on up to 64 KiB at once, and many times in a turn; what then reads HTTP out of that, an event for
 * each chunk, would hold up all others meanwhile. It ends and breaks as the socket does, and destroys it at its end.
 */
export function inSlices(socket: Socket): Duplex {
  const slices = slicesOf(socket);
  const sliced = new Duplex({
    highWaterMark: SLICE_BYTES,
    read() {
      slices.next().then(
        ({ done, value }) => sliced.push(done ? null : value),
        (thrown: unknown) => sliced.destroy(thrown instanceof Error ? thrown : new Error(String(thrown))),
      );
    },
    write: (bytes: Buffer, _encoding, done) => void socket.write(bytes, done),
    final: (done) => void socket.end(done),
    destroy(error, done) {
      socket.destroy();
      done(error);
    },
  });
  // An error later on, when nobody listens any more, must not end fettle.
  sliced.on('error', () => undefined);
  return sliced;
}

async function* slicesOf(socket: Socket): AsyncGenerator<Buffer, void> {
  for await (const part of socket.iterator({ destroyOnReturn: false })) {
    if (!Buffer.isBuffer(part)) continue;
    for (let at = 0; at < part.length; at += SLICE_BYTES) {
      yield part.subarray(at, at + SLICE_BYTES);
      await yieldTurn();
    }
  }
}
