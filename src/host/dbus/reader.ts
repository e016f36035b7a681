import { isUtf8 } from 'node:buffer';
import { Malformed } from './malformed.ts';
import { LITTLE_ENDIAN } from './message.ts';

/** Longest array in bytes. Source: D-Bus specification. */
const MAX_ARRAY_BYTES = 2 ** 26;

/**
 * Reads D-Bus's basic types one after the other, never beyond the end.
 *
 * Throws Malformed where the bytes are not what they should be.
 */
export class Reader {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  /** Where the message starts, which alignment counts from. */
  #start = 0;
  #at = 0;
  #end = 0;
  #little = true;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** Whether it reads these very bytes. */
  reads(bytes: Buffer): boolean {
    return this.#bytes === bytes;
  }

  /** Begins with the message of this size that starts there, in the byte order that its first byte names. */
  open(start: number, size: number): void {
    this.#start = start;
    this.#at = start;
    this.#end = start + size;
    this.#little = this.byte() === LITTLE_ENDIAN;
  }

  /** A reader of a copy of what is left, which must start at a multiple of 8 bytes. */
  copyOfRest(): Reader {
    const copy = new Reader(this.#copyOf(this.#end - this.#at));
    copy.#end = copy.#bytes.length;
    copy.#little = this.#little;
    return copy;
  }

  /** Skips the padding before a value of this alignment: 1, 2, 4 or 8. */
  align(alignment: number): void {
    this.#at += -(this.#at - this.#start) & (alignment - 1);
  }

  byte(): number {
    return this.#view.getUint8(this.#take(1));
  }

  boolean(): boolean {
    const value = this.uint32();
    if (value > 1) throw new Malformed(`a boolean is ${value}`);
    return value === 1;
  }

  int16(): number {
    this.align(2);
    return this.#view.getInt16(this.#take(2), this.#little);
  }

  uint16(): number {
    this.align(2);
    return this.#view.getUint16(this.#take(2), this.#little);
  }

  int32(): number {
    this.align(4);
    return this.#view.getInt32(this.#take(4), this.#little);
  }

  uint32(): number {
    this.align(4);
    return this.#view.getUint32(this.#take(4), this.#little);
  }

  int64(): bigint {
    this.align(8);
    return this.#view.getBigInt64(this.#take(8), this.#little);
  }

  uint64(): bigint {
    this.align(8);
    return this.#view.getBigUint64(this.#take(8), this.#little);
  }

  double(): number {
    this.align(8);
    return this.#view.getFloat64(this.#take(8), this.#little);
  }

  /** A string or object path. */
  text(): string {
    return this.#text(this.uint32());
  }

  signature(): string {
    return this.#text(this.byte());
  }

  skipText(): void {
    this.#take(this.uint32() + 1);
  }

  /**
   * Begins an array whose elements have this alignment: until `leave`, its end is the end.
   *
   * Gives the end before, which `leave` takes.
   */
  enter(alignment: number): number {
    const length = this.uint32();
    if (length > MAX_ARRAY_BYTES) throw new Malformed(`an array has ${length} bytes`);
    this.align(alignment);
    const before = this.#end;
    if (this.#at + length > before) throw new Malformed('an array is longer than its message');
    this.#end = this.#at + length;
    return before;
  }

  leave(before: number): void {
    this.#end = before;
  }

  atEnd(): boolean {
    return this.#at >= this.#end;
  }

  /** An array of bytes: a copy with memory of its own, so that a small one holds no large one in memory. */
  bytes(): Buffer {
    const before = this.enter(1);
    const length = this.#end - this.#at;
    this.leave(before);
    const copy = this.#copyOf(length);
    this.#at += length;
    return copy;
  }

  #copyOf(length: number): Buffer {
    // Buffer.from would take it from a pool of 8 kB.
    const copy = Buffer.alloc(length);
    this.#bytes.copy(copy, 0, this.#at, this.#at + length);
    return copy;
  }

  #take(length: number): number {
    const at = this.#at;
    if (at + length > this.#end) throw new Malformed('a message ends in the middle of a value');
    this.#at = at + length;
    return at;
  }

  /** Text of so many bytes of UTF-8 and a NUL after it. */
  #text(length: number): string {
    const from = this.#take(length + 1);
    const to = from + length;
    const bytes = this.#bytes;
    if (bytes[to] !== 0) throw new Malformed('a text has no end');
    if (length === 1 && isAscii(bytes[from])) return String.fromCharCode(bytes[from]); // V8 has these ready
    let at = from;
    while (at < to && isAscii(bytes[at])) at++;
    return at === to ? bytes.toString('latin1', from, to) : this.#unicode(from, to);
  }

  #unicode(from: number, to: number): string {
    const bytes = this.#bytes.subarray(from, to);
    if (bytes.includes(0) || !isUtf8(bytes)) throw new Malformed('a text is not UTF-8');
    return bytes.toString('utf8');
  }
}

/** Whether it is a character of ASCII other than NUL, which no text may hold. */
function isAscii(byte: number | undefined): byte is number {
  return byte !== undefined && byte > 0 && byte < 0x80;
}
