import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePathGlob } from '../../src/domain/path-glob.ts';

/** Whether a name fits a pattern of one segment. */
function fits(pattern: string, name: string): boolean {
  const glob = parsePathGlob(pattern);
  if (typeof glob === 'string') throw new Error(glob);
  const [segment, ...rest] = glob;
  if (segment === undefined || rest.length > 0) throw new Error('expected one segment');
  if (segment.kind === 'any') throw new Error('expected a name');
  return segment.kind === 'name' ? segment.name === name : segment.fits(name);
}

describe('a name', () => {
  it.each([
    ['*', 'model.safetensors', true],
    ['*.safetensors', 'model.safetensors', true],
    ['*.safetensors', 'model.safetensors.bak', false],
    ['model', 'model', true],
    ['model', 'models', false],
    ['m?del', 'model', true],
    ['m?del', 'mdel', false],
    ['step-[0-9]', 'step-7', true],
    ['step-[0-9]', 'step-x', false],
    ['step-[!0-9]', 'step-x', true],
    ['step-[!0-9]', 'step-7', false],
    ['a[]]b', 'a]b', true],
    ['a[]]b', 'ab', false],
    ['[a-]', '-', true],
    ['*a*b*c*', 'xxaxxbxxcxx', true],
    ['*a*b*c*', 'xxaxxcxxbxx', false],
    ['a**b', 'axxb', true],
    ['?', '日', true],
    ['a.b*', 'axb', false],
    ['*', '.hidden', false],
    ['.h*', '.hidden', true],
    ['*', 'model.safetensors.tmp', false],
    ['*', 'model.part', false],
    ['*.part', 'model.part', true],
    ['*.tmp', 'model.part', false],
  ])('%s and %s: %s', (pattern, name, expected) => {
    expect(fits(pattern, name)).toBe(expected);
  });

  it('that a pattern was made of always fits it', () => {
    const part = fc.string({ unit: fc.constantFrom('a', 'b', 'é', '日', '-', '_') });
    fc.assert(
      fc.property(fc.array(part, { minLength: 2, maxLength: 6 }), part, (parts, between) => {
        fc.pre(parts.join('') !== '');
        const name = parts.join(between);
        expect(fits(`${parts.join('*')}*`, name)).toBe(true);
      }),
    );
  });

  it('is told from a pattern in steps of their product, not more', () => {
    // A matcher that goes back to every star needs longer than the tests may take.
    expect(fits(`${'*a'.repeat(100)}b`, 'a'.repeat(255))).toBe(false);
  });
});

describe('a pattern', () => {
  it.each([
    ['', 'expected a pattern such as'],
    ['/etc/*', 'below the path'],
    ['../*', 'none of them empty, . or ..'],
    ['a//b', 'none of them empty, . or ..'],
    ['a/', 'none of them empty, . or ..'],
    ['**', 'after **'],
    ['a/**/b/**/c', '** at most once'],
    ['a[b', 'a ] for each ['],
    ['a[]b', 'a ] for each ['],
    ['[!]', 'a ] for each ['],
    [Array.from({ length: 17 }, () => 'a').join('/'), 'at most 16'],
  ])('is none: %s', (pattern, expected) => {
    expect(parsePathGlob(pattern)).toContain(expected);
  });

  it('of several segments is one a step', () => {
    const glob = parsePathGlob('models/**/*.bin');
    expect(Array.isArray(glob) && glob.map((segment) => (segment as { kind: string }).kind)).toEqual([
      'name',
      'any',
      'test',
    ]);
  });
});
