import fc from 'fast-check';
import { anyText } from '../../fakes/any-text.ts';
import { completeTypes } from './reference.ts';

/** Values as fettle writes them, and what is read from their bytes. */
export interface Typed {
  readonly signature: string;
  readonly values: readonly unknown[];
}

/** Any values with a signature that fits them, of up to `maxTypes` complete types. */
export function anyTyped(
  options: { readonly keys?: string; readonly maxTypes?: number } = {},
): fc.Arbitrary<Typed> {
  const { keys = 'ybnqiuxtdsog', maxTypes = 3 } = options;
  return fc
    .array(anyType(keys), { maxLength: maxTypes })
    .chain((types) =>
      fc
        .tuple(...types.map((type) => anyValue(type, keys)))
        .map((values) => ({ signature: types.join(''), values })),
    );
}

/** What is read where this has been written: variants without their signature, any bytes as Buffer. */
export function asRead(type: string, value: unknown): unknown {
  if (type === 'v') {
    const { signature, value: inner } = Object(value);
    return asRead(signature, inner);
  }
  if (type === 'ay') return Buffer.from(Object(value));
  if (type.startsWith('a{')) {
    const [keyType = '', valueType = ''] = completeTypes(type.slice(2, -1));
    const entries: [unknown, unknown][] = [...Object(value)];
    return new Map(entries.map(([key, one]) => [asRead(keyType, key), asRead(valueType, one)]));
  }
  const list: unknown[] = Array.isArray(value) ? value : [];
  if (type.startsWith('a')) return list.map((one) => asRead(type.slice(1), one));
  if (type.startsWith('(')) return allAsRead(type.slice(1, -1), list);
  return value;
}

/** As `asRead`, of each value. */
export function allAsRead(signature: string, values: readonly unknown[]): unknown[] {
  return completeTypes(signature).map((type, index) => asRead(type, values[index]));
}

function anyType(keys: string): fc.Arbitrary<string> {
  const { type } = fc.letrec<{
    type: string;
    simple: string;
    array: string;
    dictionary: string;
    struct: string;
  }>((tie) => ({
    simple: fc.constantFrom(...'ybnqiuxtdsogv'),
    array: tie('type').map((member) => `a${member}`),
    dictionary: fc.tuple(fc.constantFrom(...keys), tie('type')).map(([key, value]) => `a{${key}${value}}`),
    struct: fc.array(tie('type'), { minLength: 1, maxLength: 3 }).map((members) => `(${members.join('')})`),
    type: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      { arbitrary: tie('simple'), weight: 3 },
      tie('array'),
      tie('dictionary'),
      tie('struct'),
    ),
  }));
  return type;
}

function anyValue(type: string, keys: string, depth = 0): fc.Arbitrary<unknown> {
  if (type === 'ay') return fc.uint8Array({ maxLength: 20 });
  if (type === 'v') return anyVariant(keys, depth);
  if (type.startsWith('a{')) return anyDictionary(type, keys, depth);
  if (type.startsWith('a')) return fc.array(anyValue(type.slice(1), keys, depth), { maxLength: 3 });
  if (type.startsWith('(')) {
    return fc.tuple(...completeTypes(type.slice(1, -1)).map((member) => anyValue(member, keys, depth)));
  }
  return SIMPLE[type] ?? fc.constant(undefined);
}

function anyVariant(keys: string, depth: number): fc.Arbitrary<unknown> {
  const type = depth > 2 ? fc.constant('s') : anyType(keys);
  return type.chain((signature) =>
    anyValue(signature, keys, depth + 1).map((value) => ({ signature, value })),
  );
}

function anyDictionary(type: string, keys: string, depth: number): fc.Arbitrary<unknown> {
  const [keyType = '', valueType = ''] = completeTypes(type.slice(2, -1));
  return fc
    .array(fc.tuple(anyValue(keyType, keys, depth), anyValue(valueType, keys, depth)), { maxLength: 3 })
    .map((entries) => new Map(entries));
}

const text = anyText().map((one) => one.replaceAll('\0', ''));

const path = fc.array(fc.stringMatching(/^\w{1,5}$/), { maxLength: 3 }).map((parts) => `/${parts.join('/')}`);

const SIMPLE: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  y: fc.integer({ min: 0, max: 255 }),
  b: fc.boolean(),
  n: fc.integer({ min: -0x8000, max: 0x7fff }),
  q: fc.integer({ min: 0, max: 0xffff }),
  i: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  u: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  x: fc.bigInt({ min: -(2n ** 63n) + 1n, max: 2n ** 63n - 1n }),
  t: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  d: fc.double({ noNaN: true, noDefaultInfinity: true }),
  s: text,
  o: path,
  g: fc.constantFrom('', 's', 'a{sv}', '(ii)', 'aas'),
};
