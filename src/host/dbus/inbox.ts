import { FIXED_BYTES, messageSize } from './message.ts';
import { Reader } from './reader.ts';

/** Memory that is kept for a message which has only come in part; more is given back after it. */
const KEPT_BYTES = 65_536;

const FIRST_BYTES = 4096;

const NOTHING = Buffer.alloc(0);

/**
 * Cuts a stream of bytes into messages, however they come in.
 *
 * A message that lies whole in a chunk is read in its place, so its reader must not be used once the listener has
 * returned. One that does not is put together first, in memory that grows with what has come, not with what was
 * announced.
 */
export class Inbox {
  readonly #onMessage: (message: Reader) => void;
  #reader = new Reader(NOTHING);
  #held = NOTHING;
  #length = 0;

  constructor(onMessage: (message: Reader) => void) {
    this.#onMessage = onMessage;
  }

  /** Takes the first `length` bytes of a chunk. Throws Malformed, and is of no use afterwards. */
  push(chunk: Buffer, length: number): void {
    let at = 0;
    while (at < length) {
      at = this.#length === 0 ? this.#readWhole(chunk, at, length) : this.#complete(chunk, at, length);
    }
  }

  /** Reads the messages that lie whole in the chunk and holds the rest. */
  #readWhole(chunk: Buffer, from: number, length: number): number {
    if (!this.#reader.reads(chunk)) this.#reader = new Reader(chunk);
    let at = from;
    for (;;) {
      const size = messageSize(chunk, at, length);
      if (size === undefined || at + size > length) break;
      this.#reader.open(at, size);
      this.#onMessage(this.#reader);
      at += size;
    }
    this.#hold(chunk, at, length);
    return length;
  }

  /** Adds to the message that is held, and reads it once it is whole. */
  #complete(chunk: Buffer, at: number, length: number): number {
    const wanted = messageSize(this.#held, 0, this.#length) ?? FIXED_BYTES;
    const end = Math.min(at + wanted - this.#length, length);
    this.#hold(chunk, at, end);
    if (messageSize(this.#held, 0, this.#length) === this.#length) this.#readHeld();
    return end;
  }

  #readHeld(): void {
    const message = new Reader(this.#held);
    message.open(0, this.#length);
    this.#length = 0;
    if (this.#held.length > KEPT_BYTES) this.#held = NOTHING;
    this.#onMessage(message);
  }

  #hold(chunk: Buffer, from: number, to: number): void {
    const length = this.#length + to - from;
    if (length > this.#held.length) this.#grow(length);
    chunk.copy(this.#held, this.#length, from, to);
    this.#length = length;
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#held.length, FIRST_BYTES));
    this.#held.copy(larger, 0, 0, this.#length);
    this.#held = larger;
  }
}
