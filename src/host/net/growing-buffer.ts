/** Bytes that come in parts, in one piece of memory. */
export interface GrowingBuffer {
  readonly length: number;
  /** Copies a part: nothing of it is held afterwards, however many parts there are and how small they may be. */
  add(part: Uint8Array): void;
  /** All that came so far; it stays as it is. */
  bytes(): Buffer;
}

/** Most answers are smaller. */
const FIRST_BYTES = 4096;

/** Takes what comes in parts. Its memory is at most twice what was added; who adds sets the limit. */
export function createGrowingBuffer(): GrowingBuffer {
  let held = Buffer.alloc(0);
  let length = 0;
  return {
    get length() {
      return length;
    },
    add(part) {
      if (length + part.length > held.length) held = larger(held, length, length + part.length);
      held.set(part, length);
      length += part.length;
    },
    bytes: () => held.subarray(0, length),
  };
}

/** What is before `length` is copied; what was handed out already stays in the memory that it is in. */
function larger(held: Buffer, length: number, needed: number): Buffer<ArrayBuffer> {
  const next = Buffer.allocUnsafeSlow(Math.max(FIRST_BYTES, needed, 2 * held.length));
  held.copy(next, 0, 0, length);
  return next;
}
