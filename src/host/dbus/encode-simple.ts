import { isObjectPath } from './names.ts';
import type { Writer } from './writer.ts';

/** Writes a value of a type of one character, other than `v` and `g`. Throws TypeError if it does not fit. */
export function writeSimple(writer: Writer, code: string, value: unknown): void {
  switch (code) {
    case 's':
      return writer.text(text(value, code));
    case 'o':
      return writer.text(path(value));
    case 'b':
      return writer.uint32(boolean(value) ? 1 : 0);
    case 'd':
      return writer.double(number(value));
    case 'x':
      return writer.int64(wide(value, code, MIN_INT64, MAX_INT64));
    case 't':
      return writer.uint64(wide(value, code, 0n, MAX_UINT64));
    default:
      return writeInteger(writer, code, value);
  }
}

const MIN_INT64 = -(2n ** 63n);
const MAX_INT64 = 2n ** 63n - 1n;
const MAX_UINT64 = 2n ** 64n - 1n;

function writeInteger(writer: Writer, code: string, value: unknown): void {
  switch (code) {
    case 'y':
      return writer.byte(whole(value, code, 0, 0xff));
    case 'n':
      return writer.int16(whole(value, code, -0x8000, 0x7fff));
    case 'q':
      return writer.uint16(whole(value, code, 0, 0xffff));
    case 'i':
      return writer.int32(whole(value, code, -0x8000_0000, 0x7fff_ffff));
    case 'u':
      return writer.uint32(whole(value, code, 0, 0xffff_ffff));
    default:
      throw new TypeError(
        `D-Bus: a value of type ${code} cannot be sent: file descriptors are not supported`,
      );
  }
}

function text(value: unknown, code: string): string {
  return typeof value === 'string' ? value : refuse(value, code);
}

function path(value: unknown): string {
  return typeof value === 'string' && isObjectPath(value) ? value : refuse(value, 'o');
}

function boolean(value: unknown): boolean {
  return typeof value === 'boolean' ? value : refuse(value, 'b');
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : refuse(value, 'd');
}

function whole(value: unknown, code: string, min: number, max: number): number {
  const fits = typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
  return fits ? value : refuse(value, code);
}

function wide(value: unknown, code: string, min: bigint, max: bigint): bigint {
  const big = typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value;
  return typeof big === 'bigint' && big >= min && big <= max ? big : refuse(value, code);
}

function refuse(value: unknown, code: string): never {
  throw new TypeError(`D-Bus: ${inWords(value)} does not fit the type ${code}`);
}

/** A value in an error message, shortened. */
export function inWords(value: unknown): string {
  const words = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return words.length > 60 ? `${words.slice(0, 60)}...` : words;
}
