import { isUtf8 } from 'node:buffer';
import type { FileHandle } from 'node:fs/promises';
import { Failure } from '../../domain/errors.ts';

/** Whole lines, in their order, without their ends. */
export interface Lines {
  /** Of the first of them, from 1. */
  readonly number: number;
  readonly texts: readonly string[];
}

/** The beginning of a line that has no end. */
export interface TornLine {
  /** Its first characters. */
  readonly text: string;
  readonly bytes: number;
}

/** Longer lines are neither written nor read: memory has an end. */
export const LONGEST_LINE_BYTES = 32 * 1024 ** 2;

/** What is read at a time: so little that it can be forgotten while it is young. */
const CHUNK_BYTES = 128 * 1024;

const NEWLINE = 10;

/** Characters of a torn line that are told. */
const TORN_SHOWN = 1000;

/**
 * The lines of an open file, some at a time, as far as it goes at the beginning; at the end, what is left of a line
 * without its newline.
 *
 * A line that is no UTF-8 is given as Latin-1. Throws Failure `unreadable` for a line that is too long.
 */
export async function* readLines(
  file: FileHandle,
  path: string,
): AsyncGenerator<Lines, TornLine | undefined> {
  const { size } = await file.stat();
  const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, size));
  const rest = createRest();
  let number = 1;
  for (let position = 0; position < size; ) {
    const { bytesRead } = await file.read(chunk, 0, Math.min(chunk.length, size - position), position);
    if (bytesRead === 0) break;
    position += bytesRead;
    const read = chunk.subarray(0, bytesRead);
    const end = read.lastIndexOf(NEWLINE) + 1;
    if (end > 0) {
      const texts = textsOf(rest.takeWith(read.subarray(0, end - 1)));
      yield { number, texts };
      number += texts.length;
    }
    rest.add(read.subarray(end));
    if (rest.length > LONGEST_LINE_BYTES) throw tooLong(path, number);
  }
  const torn = rest.takeWith(Buffer.alloc(0));
  return torn.length === 0 ? undefined : { text: textOf(torn).slice(0, TORN_SHOWN), bytes: torn.length };
}

/** The beginning of a line whose end has not been read yet, put together once it has. */
function createRest() {
  let parts: Buffer[] = [];
  let length = 0;
  return {
    get length() {
      return length;
    },
    /** A copy: what it was read into is written over. */
    add(bytes: Buffer): void {
      if (bytes.length === 0) return;
      parts.push(Buffer.from(bytes));
      length += bytes.length;
    },
    /** All of it, and these after it; nothing is left. */
    takeWith(bytes: Buffer): Buffer {
      const whole = length === 0 ? bytes : Buffer.concat([...parts, bytes]);
      parts = [];
      length = 0;
      return whole;
    },
  };
}

/** Most files are UTF-8 throughout, which is found out at once for all lines. */
function textsOf(bytes: Buffer): readonly string[] {
  if (isUtf8(bytes)) return bytes.toString('utf8').split('\n');
  const texts: string[] = [];
  for (let begin = 0; begin <= bytes.length; ) {
    const found = bytes.indexOf(NEWLINE, begin);
    const end = found < 0 ? bytes.length : found;
    texts.push(textOf(bytes.subarray(begin, end)));
    begin = end + 1;
  }
  return texts;
}

/** Never with characters replaced: what differs from what was written must not look the same. */
function textOf(bytes: Buffer): string {
  return bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
}

function tooLong(path: string, number: number): Failure {
  const limit = `${LONGEST_LINE_BYTES / 1024 ** 2} MiB`;
  return new Failure('unreadable', `${path}:${number}: a line or more without an end within ${limit}`);
}

/** Where the last whole line of a file ends, and what comes after it. Reads no more than that. */
export async function endOfLines(
  file: FileHandle,
): Promise<{ readonly size: number; readonly torn: string | undefined }> {
  const { size } = await file.stat();
  const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, Math.max(size, 1)));
  for (let end = size; end > 0; ) {
    const begin = Math.max(0, end - chunk.length);
    const { bytesRead } = await file.read(chunk, 0, end - begin, begin);
    const found = chunk.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    if (found >= 0) return { size: begin + found + 1, torn: await tornAt(file, begin + found + 1, size) };
    end = begin;
  }
  return { size: 0, torn: await tornAt(file, 0, size) };
}

async function tornAt(file: FileHandle, begin: number, size: number): Promise<string | undefined> {
  if (begin === size) return undefined;
  const { buffer, bytesRead } = await file.read({
    buffer: Buffer.alloc(Math.min(size - begin, TORN_SHOWN)),
    position: begin,
  });
  return buffer.toString('utf8', 0, bytesRead);
}
