import { Malformed } from './malformed.ts';

/** One complete type of a signature. */
export interface Type {
  /** Its character in the signature; `(` for a struct, `{` for an entry of a dictionary. */
  readonly code: string;
  /** What an array, struct or entry is made of. */
  readonly members: readonly Type[];
  /** A value begins at a multiple of so many bytes from the start of its message. */
  readonly alignment: number;
}

/** The types that a signature such as `sa{sv}` lists. Throws Malformed if it is none. */
export type TypesOf = (signature: string) => readonly Type[];

/** Longest signature, and deepest arrays and structs within one. Source: D-Bus specification. */
const MAX_LENGTH = 255;
const MAX_ARRAYS = 32;
const MAX_STRUCTS = 32;

/** Signatures kept parsed; systemd's own are about 60, and a stranger's must not fill the memory. */
const KEPT = 256;

/** Parses signatures and remembers them: a connection sees the same few again and again. */
export function createTypesOf(): TypesOf {
  const known = new Map<string, readonly Type[]>();
  return (signature) => {
    const types = known.get(signature);
    if (types !== undefined) return types;
    const parsed = parseSignature(signature);
    if (known.size >= KEPT) known.clear();
    known.set(signature, parsed);
    return parsed;
  };
}

const ALIGNMENTS: Readonly<Record<string, number>> = {
  ...{ y: 1, b: 4, n: 2, q: 2, i: 4, u: 4, x: 8, t: 8, d: 8 },
  ...{ s: 4, o: 4, g: 1, h: 4, v: 1 },
};

/** Types of one character each; all but `v` may be keys. */
const SIMPLE: ReadonlyMap<string, Type> = new Map(
  Object.entries(ALIGNMENTS).map(([code, alignment]) => [code, { code, members: [], alignment }]),
);

interface Cursor {
  readonly signature: string;
  at: number;
}

function parseSignature(signature: string): readonly Type[] {
  if (signature.length > MAX_LENGTH) throw new Malformed('a signature is longer than 255 characters');
  const cursor = { signature, at: 0 };
  const types: Type[] = [];
  while (cursor.at < signature.length) types.push(completeType(cursor, 0, 0));
  return types;
}

function completeType(cursor: Cursor, arrays: number, structs: number): Type {
  const code = cursor.signature.charAt(cursor.at++);
  if (code === 'a') return arrayType(cursor, arrays + 1, structs);
  if (code === '(') return structType(cursor, arrays, structs + 1);
  return SIMPLE.get(code) ?? refuse(cursor);
}

function arrayType(cursor: Cursor, arrays: number, structs: number): Type {
  if (arrays > MAX_ARRAYS) refuse(cursor);
  const isDictionary = cursor.signature.charAt(cursor.at) === '{';
  const member = isDictionary ? entryType(cursor, arrays, structs) : completeType(cursor, arrays, structs);
  return { code: 'a', members: [member], alignment: 4 };
}

function entryType(cursor: Cursor, arrays: number, structs: number): Type {
  cursor.at++;
  const key = completeType(cursor, arrays, structs);
  if (key.code === 'v' || key.members.length > 0) refuse(cursor);
  const value = completeType(cursor, arrays, structs);
  if (cursor.signature.charAt(cursor.at++) !== '}') refuse(cursor);
  return { code: '{', members: [key, value], alignment: 8 };
}

function structType(cursor: Cursor, arrays: number, structs: number): Type {
  if (structs > MAX_STRUCTS) refuse(cursor);
  const members: Type[] = [];
  do members.push(completeType(cursor, arrays, structs));
  while (cursor.signature.charAt(cursor.at) !== ')');
  cursor.at++;
  return { code: '(', members, alignment: 8 };
}

function refuse({ signature, at }: Cursor): never {
  throw new Malformed(`${JSON.stringify(signature)} is no signature, from character ${at} on`);
}
