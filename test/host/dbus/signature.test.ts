import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Malformed } from '../../../src/host/dbus/malformed.ts';
import { createTypesOf, type Type } from '../../../src/host/dbus/signature.ts';
import { anyTyped } from './any-value.ts';

/** A type written as in a signature. */
function written({ code, members }: Type): string {
  const inner = members.map(written).join('');
  if (code === '(') return `(${inner})`;
  if (code === '{') return `{${inner}}`;
  return code + inner;
}

describe('a signature', () => {
  it.each([
    '',
    's',
    'ss',
    'as',
    'a{sv}',
    'a(ssssssouso)',
    '(a{s(iia(y))}v)',
    'sba(sv)',
    'aaaas',
    'a{ya{ts}}',
  ])('%j is parsed into its complete types', (signature) => {
    expect(createTypesOf()(signature).map(written).join('')).toBe(signature);
  });

  it('of any values is parsed', () => {
    fc.assert(
      fc.property(anyTyped(), ({ signature }) => {
        expect(createTypesOf()(signature).map(written).join('')).toBe(signature);
      }),
    );
  });

  it.each([
    'a',
    '(',
    ')',
    '()',
    '(s',
    's)',
    '{sv}',
    'a{s}',
    'a{}',
    'a{svs}',
    'a{vs}',
    'a{(s)s}',
    'a{ass}',
    'a{sv',
    'z',
    'r',
    'e',
    'S',
    's s',
    'é',
    '\0',
    'a'.repeat(33).concat('s'),
    '('.repeat(33).concat('s', ')'.repeat(33)),
    's'.repeat(256),
  ])('%j is refused', (signature) => {
    expect(() => createTypesOf()(signature)).toThrow(Malformed);
  });

  it.each(['a'.repeat(32).concat('s'), '('.repeat(32).concat('s', ')'.repeat(32)), 's'.repeat(255)])(
    '%j is as long or as deep as may be',
    (signature) => {
      expect(createTypesOf()(signature).length).toBeGreaterThan(0);
    },
  );

  it('of any other text is refused or parsed, and never anything else', () => {
    const text = fc.string({ unit: fc.constantFrom(...'asv(){}yit'), maxLength: 40 });
    fc.assert(
      fc.property(text, (signature) => {
        try {
          expect(createTypesOf()(signature).map(written).join('')).toBe(signature);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(Malformed);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('is parsed once, unless there were many others meanwhile', () => {
    const typesOf = createTypesOf();
    const first = typesOf('a{sv}');
    expect(typesOf('a{sv}')).toBe(first);
    for (let length = 1; length <= 255; length++) typesOf('s'.repeat(length));
    for (let length = 1; length <= 255; length++) typesOf('u'.repeat(length));
    expect(typesOf('a{sv}')).not.toBe(first);
    expect(typesOf('a{sv}')).toEqual(first);
  });
});
