import { inWords, writeSimple } from './encode-simple.ts';
import type { Type, TypesOf } from './signature.ts';
import type { Writer } from './writer.ts';

/** A value for a variant, with its type: a plain 1 would not say whether it is a byte or a UINT32. */
export interface Variant {
  /** Of one complete type, as in `as`. */
  readonly signature: string;
  readonly value: unknown;
}

/** Writes the values that a signature lists. */
export type Encode = (writer: Writer, signature: string, values: readonly unknown[]) => void;

/** Longest array in bytes. Source: D-Bus specification. */
const MAX_ARRAY_BYTES = 2 ** 26;

/**
 * Writes plain values: numbers (whole ones or bigint for INT64 and UINT64), arrays for arrays and structs, a
 * Uint8Array for an array of bytes, a Map for a dictionary, a Variant for a variant.
 *
 * Throws TypeError for a value that does not fit its type, and for file descriptors, which cannot be sent.
 */
export function createEncode(typesOf: TypesOf): Encode {
  function write(writer: Writer, type: Type, value: unknown): void {
    switch (type.code) {
      case 'v':
        return writeVariant(writer, value);
      case 'a':
        return writeArray(writer, type, value);
      case '(':
      case '{':
        writer.align(8);
        return writeAll(writer, type.members, value);
      case 'g':
        return writeSignature(writer, value);
      default:
        return writeSimple(writer, type.code, value);
    }
  }

  function writeAll(writer: Writer, types: readonly Type[], values: unknown): void {
    if (!Array.isArray(values) || values.length !== types.length) {
      throw new TypeError(`D-Bus: ${types.length} values expected, not ${inWords(values)}`);
    }
    let index = 0;
    for (const type of types) write(writer, type, values[index++]);
  }

  function writeSignature(writer: Writer, value: unknown): void {
    if (typeof value !== 'string') throw new TypeError(`D-Bus: a signature expected, not ${inWords(value)}`);
    typesOf(value); // which throws if it is none
    writer.signature(value);
  }

  function writeVariant(writer: Writer, value: unknown): void {
    if (!isVariant(value)) throw new TypeError(`D-Bus: a variant expected, not ${inWords(value)}`);
    const [type, more] = typesOf(value.signature);
    if (type === undefined || more !== undefined) {
      throw new TypeError(`D-Bus: ${JSON.stringify(value.signature)} is no signature of a variant`);
    }
    writer.signature(value.signature);
    write(writer, type, value.value);
  }

  function writeArray(writer: Writer, { members: [member] }: Type, value: unknown): void {
    if (member === undefined) throw new TypeError('D-Bus: an array of nothing');
    const gap = writer.gap();
    writer.align(member.alignment);
    const from = writer.messageLength;
    if (member.code === 'y' && value instanceof Uint8Array) writer.bytes(value);
    else for (const element of elementsOf(member, value)) write(writer, member, element);
    const length = writer.messageLength - from;
    if (length > MAX_ARRAY_BYTES) throw new TypeError(`D-Bus: an array must not have ${length} bytes`);
    writer.fill(gap, length);
  }

  return (writer, signature, values) => writeAll(writer, typesOf(signature), values);
}

function elementsOf(member: Type, value: unknown): Iterable<unknown> {
  if (member.code === '{') {
    if (value instanceof Map) return value;
    throw new TypeError(`D-Bus: a Map expected, not ${inWords(value)}`);
  }
  if (Array.isArray(value)) return value;
  throw new TypeError(`D-Bus: an array expected, not ${inWords(value)}`);
}

function isVariant(value: unknown): value is Variant {
  return typeof value === 'object' && value !== null && 'value' in value && hasSignature(value);
}

function hasSignature(value: object): boolean {
  return 'signature' in value && typeof value.signature === 'string';
}
