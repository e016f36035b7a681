import { Malformed } from './malformed.ts';
import type { Reader } from './reader.ts';
import type { Type, TypesOf } from './signature.ts';

/** Deepest arrays, structs and variants in one another. Source: D-Bus specification. */
const MAX_DEPTH = 64;

/** Reads values whose signature is known. Throws Malformed where the bytes do not fit it. */
export interface Decoder {
  /** The values of a message, which end with it. */
  body(reader: Reader, signature: string): readonly unknown[];
  /** The one value of a variant whose signature has been read. */
  variant(reader: Reader, signature: string): unknown;
}

/**
 * A decoder that gives plain values: INT64 and UINT64 as bigint, an array of bytes as Buffer, other arrays and
 * structs as arrays, a dictionary as Map, a variant as what is in it.
 */
export function createDecoder(typesOf: TypesOf): Decoder {
  function value(reader: Reader, type: Type, depth: number): unknown {
    switch (type.code) {
      case 's':
      case 'o':
        return reader.text();
      case 'v':
        return variant(reader, reader.signature(), deeper(depth));
      case 'a':
        return array(reader, type, deeper(depth));
      case '(':
        reader.align(8);
        return values(reader, type.members, deeper(depth));
      case 'g':
        return signatureValue(reader);
      default:
        return simple(reader, type.code);
    }
  }

  function values(reader: Reader, types: readonly Type[], depth: number): unknown[] {
    const read: unknown[] = [];
    for (const type of types) read.push(value(reader, type, depth));
    return read;
  }

  function signatureValue(reader: Reader): string {
    const read = reader.signature();
    typesOf(read); // which throws if it is none
    return read;
  }

  function variant(reader: Reader, signature: string, depth: number): unknown {
    const [type, more] = typesOf(signature);
    if (type === undefined || more !== undefined) {
      throw new Malformed(`a variant has the signature ${JSON.stringify(signature)}`);
    }
    return value(reader, type, depth);
  }

  function array(reader: Reader, { members: [member] }: Type, depth: number): unknown {
    if (member === undefined) throw new Malformed('an array of nothing');
    if (member.code === 'y') return reader.bytes();
    const before = reader.enter(member.alignment);
    const read = member.code === '{' ? dictionary(reader, member, depth) : elements(reader, member, depth);
    reader.leave(before);
    return read;
  }

  function elements(reader: Reader, member: Type, depth: number): unknown[] {
    const read: unknown[] = [];
    while (!reader.atEnd()) read.push(value(reader, member, depth));
    return read;
  }

  function dictionary(reader: Reader, { members: [keyType, valueType] }: Type, depth: number): unknown {
    const read = new Map<unknown, unknown>();
    if (keyType === undefined || valueType === undefined) return read;
    while (!reader.atEnd()) {
      reader.align(8);
      const key = value(reader, keyType, depth);
      read.set(key, value(reader, valueType, depth));
    }
    return read;
  }

  function body(reader: Reader, signature: string): readonly unknown[] {
    const read = values(reader, typesOf(signature), 0);
    if (!reader.atEnd()) throw new Malformed('a message goes on after its last value');
    return read;
  }

  return { body, variant: (reader, signature) => variant(reader, signature, 0) };
}

function deeper(depth: number): number {
  if (depth >= MAX_DEPTH) throw new Malformed('a value is nested too deeply');
  return depth + 1;
}

function simple(reader: Reader, code: string): unknown {
  switch (code) {
    case 'u':
      return reader.uint32();
    case 't':
      return reader.uint64();
    case 'b':
      return reader.boolean();
    case 'i':
      return reader.int32();
    case 'x':
      return reader.int64();
    case 'y':
      return reader.byte();
    case 'd':
      return reader.double();
    case 'q':
      return reader.uint16();
    case 'n':
      return reader.int16();
    default:
      // `h`, a file descriptor: we never agreed to be sent any.
      throw new Malformed(`a value of type ${code} came`);
  }
}
