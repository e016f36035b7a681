import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';

/** Even if each chunk in it holds one byte of a body, a slice is work for a few milliseconds at most. */
export const SLICE_BYTES = 8192;

/**
 * A connection whose bytes come in slices, each in a turn of the event loop of its own.
 *
 * A socket hands on up to 64 KiB at once, and many times in a turn; what then reads HTTP out of that, an event for
 * each chunk, would hold up all others meanwhile. It ends and breaks as the socket does, and destroys it at its end.
 */
export function inSlices(socket: Socket): Duplex {
  let rest: Buffer = NOTHING;
  let hasEnded = false;
  let isWaiting = false;
  let isWanted = false;

  const sliced = new Duplex({
    highWaterMark: SLICE_BYTES,
    read() {
      isWanted = true;
      handOn();
    },
    write: (bytes: Buffer, _encoding, done) => void socket.write(bytes, done),
    final(done) {
      socket.end();
      done();
    },
    destroy(error, done) {
      socket.destroy();
      done(error);
    },
  });
  // An error later on, when nobody listens any more, must not end fettle.
  sliced.on('error', () => undefined);

  /** The next slice, if there is one; what comes behind it waits for another turn, and is asked for again. */
  function handOn(): void {
    if (!isWanted || isWaiting || sliced.destroyed) return;
    if (rest.length > 0) {
      const slice = rest.subarray(0, SLICE_BYTES);
      rest = rest.subarray(slice.length);
      isWanted = false;
      waitATurn();
      sliced.push(slice);
    } else if (hasEnded) sliced.push(null);
    else socket.resume();
  }

  function waitATurn(): void {
    isWaiting = true;
    setImmediate(() => {
      isWaiting = false;
      handOn();
    });
  }

  socket.on('data', (part: Buffer) => {
    // Nothing more of it before this has been handed on.
    socket.pause();
    rest = rest.length === 0 ? part : Buffer.concat([rest, part]);
    handOn();
  });
  socket.on('end', () => {
    hasEnded = true;
    handOn();
  });
  socket.on('error', (error) => sliced.destroy(error));
  socket.on('close', () => {
    if (!hasEnded) sliced.destroy();
  });
  return sliced;
}

const NOTHING = Buffer.alloc(0);
