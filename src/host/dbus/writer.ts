import { LITTLE_ENDIAN } from './message.ts';

/** Room for about a hundred calls. */
const INITIAL_BYTES = 16_384;

/** Writes D-Bus's basic types one after the other, little-endian, into memory that grows as needed. */
export class Writer {
  #bytes: Buffer;
  #view: DataView;
  /** Where the message starts, which alignment counts from. */
  #start = 0;
  #at = 0;

  constructor(bytes: Buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES)) {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
  }

  /** Begins a message, with its first byte. */
  begin(): void {
    this.#start = this.#at;
    this.byte(LITTLE_ENDIAN);
  }

  /** Forgets the message that was begun last. */
  rollBack(): void {
    this.#at = this.#start;
  }

  /** Bytes written, of all messages. */
  get length(): number {
    return this.#at;
  }

  /** Bytes of the message that was begun last, so far. */
  get messageLength(): number {
    return this.#at - this.#start;
  }

  /** Everything written; it writes to other memory from now on. */
  take(next: Buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES)): Buffer {
    const written = this.#bytes.subarray(0, this.#at);
    this.#bytes = next;
    this.#view = viewOf(next);
    this.#at = 0;
    this.#start = 0;
    return written;
  }

  /** Writes the padding before a value of this alignment: 1, 2, 4 or 8. */
  align(alignment: number): void {
    const padding = -(this.#at - this.#start) & (alignment - 1);
    if (padding === 0) return;
    const from = this.#room(padding);
    this.#bytes.fill(0, from, from + padding);
  }

  byte(value: number): void {
    const at = this.#room(1);
    this.#view.setUint8(at, value);
  }

  int16(value: number): void {
    this.align(2);
    const at = this.#room(2);
    this.#view.setInt16(at, value, true);
  }

  uint16(value: number): void {
    this.align(2);
    const at = this.#room(2);
    this.#view.setUint16(at, value, true);
  }

  int32(value: number): void {
    this.align(4);
    const at = this.#room(4);
    this.#view.setInt32(at, value, true);
  }

  uint32(value: number): void {
    this.align(4);
    const at = this.#room(4);
    this.#view.setUint32(at, value, true);
  }

  int64(value: bigint): void {
    this.align(8);
    const at = this.#room(8);
    this.#view.setBigInt64(at, value, true);
  }

  uint64(value: bigint): void {
    this.align(8);
    const at = this.#room(8);
    this.#view.setBigUint64(at, value, true);
  }

  double(value: number): void {
    this.align(8);
    const at = this.#room(8);
    this.#view.setFloat64(at, value, true);
  }

  bytes(value: Uint8Array): void {
    const at = this.#room(value.length);
    this.#bytes.set(value, at);
  }

  /** A string or object path. */
  text(value: string): void {
    const gap = this.gap();
    const from = this.#at;
    this.#characters(value);
    this.fill(gap, this.#at - from);
    this.byte(0);
  }

  /** A signature, of 255 characters of ASCII at most. */
  signature(value: string): void {
    this.byte(value.length);
    this.#characters(value);
    this.byte(0);
  }

  /** Leaves a UINT32 to be filled in later, and gives where it is from the start of the message. */
  gap(): number {
    this.uint32(0);
    return this.messageLength - 4;
  }

  fill(gap: number, value: number): void {
    this.#view.setUint32(this.#start + gap, value, true);
  }

  #characters(value: string): void {
    const from = this.#room(value.length);
    const bytes = this.#bytes;
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index);
      if (code === 0 || code > 0x7f) return this.#unicode(value, from);
      bytes[from + index] = code;
    }
  }

  #unicode(value: string, from: number): void {
    if (value.includes('\0')) throw new TypeError('D-Bus: a text must not hold a NUL');
    const bytes = Buffer.from(value, 'utf8');
    this.#at = from;
    this.bytes(bytes);
  }

  /** Makes room for so many bytes, maybe in other memory than before, and gives where they go. */
  #room(length: number): number {
    const at = this.#at;
    if (at + length > this.#bytes.length) this.#grow(at + length);
    this.#at = at + length;
    return at;
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length));
    this.#bytes.copy(larger, 0, 0, this.#at);
    this.#bytes = larger;
    this.#view = viewOf(larger);
  }
}

function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}
