/** Byte order of a message. */
export type Order = 'little' | 'big';

/** A message with any header at all, right or wrong. */
export interface ReferenceMessage {
  readonly order?: Order;
  readonly kind: number;
  readonly flags?: number;
  readonly version?: number;
  readonly serial?: number;
  /** Code, signature and value of each field; that of the signature is added. */
  readonly fields?: readonly (readonly [number, string, unknown])[];
  readonly signature?: string;
  readonly body?: readonly unknown[];
}

/**
 * The bytes of a message, by a second, plain encoder that was written for tests from the specification alone: what
 * fettle writes must be the same bytes, and what this one writes must be read as the same values.
 */
export function referenceMessage(message: ReferenceMessage): Buffer {
  const { order = 'little', kind, flags = 0, version = 1, serial = 1, signature = '', body = [] } = message;
  const values = new ReferenceBytes(order);
  values.all(signature, body);
  const fields: [number, unknown][] = (message.fields ?? []).map(([code, type, value]) => [
    code,
    { signature: type, value },
  ]);
  if (signature !== '') fields.push([8, { signature: 'g', value: signature }]);
  const head = new ReferenceBytes(order);
  const first = order === 'little' ? 0x6c : 0x42;
  head.all('yyyyuua(yv)', [first, kind, flags, version, values.length, serial, fields]);
  head.align(8);
  return Buffer.concat([head.buffer(), values.buffer()]);
}

/** The bytes of values, as they stand in the body of a message. */
export function referenceValues(order: Order, signature: string, values: readonly unknown[]): Buffer {
  const bytes = new ReferenceBytes(order);
  bytes.all(signature, values);
  return bytes.buffer();
}

/** The complete types that a signature lists: `sa{sv}` has `s` and `a{sv}`. */
export function completeTypes(signature: string): string[] {
  const types: string[] = [];
  for (let rest = signature; rest !== ''; ) {
    const end = endOfType(rest);
    types.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  return types;
}

function endOfType(signature: string): number {
  if (signature.startsWith('a')) return 1 + endOfType(signature.slice(1));
  let depth = 0;
  let end = 0;
  do {
    const character = signature.charAt(end++);
    if (character === '(' || character === '{') depth++;
    if (character === ')' || character === '}') depth--;
  } while (depth > 0);
  return end;
}

const ALIGNMENT: Readonly<Record<string, number>> = {
  ...{ y: 1, g: 1, v: 1, n: 2, q: 2, b: 4, i: 4, u: 4, s: 4, o: 4, a: 4 },
  ...{ x: 8, t: 8, d: 8, '(': 8, '{': 8 },
};

class ReferenceBytes {
  readonly #little: boolean;
  readonly #bytes: number[] = [];

  constructor(order: Order) {
    this.#little = order === 'little';
  }

  get length(): number {
    return this.#bytes.length;
  }

  buffer(): Buffer {
    return Buffer.from(this.#bytes);
  }

  align(alignment: number): void {
    while (this.#bytes.length % alignment !== 0) this.#bytes.push(0);
  }

  all(signature: string, values: readonly unknown[]): void {
    for (const [index, type] of completeTypes(signature).entries()) this.one(type, values[index]);
  }

  one(type: string, value: unknown): void {
    const code = type.charAt(0);
    this.align(ALIGNMENT[code] ?? 1);
    if (code === 's' || code === 'o') this.#text(4, String(value));
    else if (code === 'g') this.#text(1, String(value));
    else if (code === 'v') this.#variant(Object(value));
    else if (code === 'a') this.#array(type.slice(1), Object(value));
    else if (code === '(' || code === '{') this.all(type.slice(1, -1), Object(value));
    else this.#number(code, Number(value), typeof value === 'bigint' ? value : 0n);
  }

  #text(sizeOfLength: 1 | 4, text: string): void {
    const bytes = Buffer.from(text);
    this.#number(sizeOfLength === 4 ? 'u' : 'y', bytes.length, 0n);
    for (const byte of bytes) this.#bytes.push(byte);
    this.#bytes.push(0);
  }

  #variant({ signature, value }: { readonly signature: string; readonly value: unknown }): void {
    this.one('g', signature);
    this.one(signature, value);
  }

  #array(type: string, elements: Iterable<unknown>): void {
    const lengthAt = this.#bytes.length;
    this.#number('u', 0, 0n);
    this.align(ALIGNMENT[type.charAt(0)] ?? 1);
    const from = this.#bytes.length;
    for (const element of elements) this.one(type, element);
    const length = new ReferenceBytes(this.#little ? 'little' : 'big');
    length.one('u', this.#bytes.length - from);
    this.#bytes.splice(lengthAt, 4, ...length.buffer());
  }

  #number(code: string, value: number, wide: bigint): void {
    const view = new DataView(new ArrayBuffer(8));
    if (code === 'y') view.setUint8(0, value);
    else if (code === 'n') view.setInt16(0, value, this.#little);
    else if (code === 'q') view.setUint16(0, value, this.#little);
    else if (code === 'i') view.setInt32(0, value, this.#little);
    else if (code === 'b' || code === 'u') view.setUint32(0, value, this.#little);
    else if (code === 'x') view.setBigInt64(0, wide, this.#little);
    else if (code === 't') view.setBigUint64(0, wide, this.#little);
    else if (code === 'd') view.setFloat64(0, value, this.#little);
    else throw new Error(`no type ${code}`);
    this.#bytes.push(...new Uint8Array(view.buffer, 0, ALIGNMENT[code]));
  }
}
