import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atPointer, isJsonPointer } from '../../src/domain/json-pointer.ts';

/** The example of RFC 6901, section 5. */
const DOCUMENT = JSON.parse(
  '{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\\\j":5,"k\\"l":6," ":7,"m~n":8}',
);

describe('a JSON pointer', () => {
  it.each([
    ['', DOCUMENT],
    ['/foo', ['bar', 'baz']],
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/c%d', 2],
    ['/e^f', 3],
    ['/g|h', 4],
    ['/i\\j', 5],
    ['/k"l', 6],
    ['/ ', 7],
    ['/m~0n', 8],
    ['/foo/2', undefined],
    ['/foo/00', undefined],
    ['/foo/-', undefined],
    ['/foo/length', undefined],
    ['/foo/0/0', undefined],
    ['/toString', undefined],
    ['/__proto__', undefined],
  ])('%j leads to %j', (pointer, expected) => {
    expect(isJsonPointer(pointer)).toBe(true);
    expect(atPointer(DOCUMENT, pointer)).toEqual(expected);
  });

  it.each(['foo', '/~', '/~2', 'a/b'])('is not %j', (text) => expect(isJsonPointer(text)).toBe(false));

  it('finds what stands at any path of any document, and never throws', () => {
    const path = fc.array(fc.string());
    fc.assert(
      fc.property(path, fc.jsonValue(), fc.jsonValue(), (keys, value, other) => {
        const pointer = keys.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
        const nested = keys.reduceRight<unknown>(
          (inner, key) => ({ ['__proto__']: 1, ...Object.fromEntries([[key, inner]]) }),
          value,
        );
        expect(isJsonPointer(pointer)).toBe(true);
        expect(atPointer(nested, pointer)).toBe(value);
        atPointer(other, pointer);
      }),
    );
  });
});
