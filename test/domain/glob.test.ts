import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesGlob } from '../../src/domain/glob.ts';

describe('matchesGlob', () => {
  it.each([
    ['a.service', 'a.service'],
    ['systemd-*', 'systemd-journald.service'],
    ['systemd-*', 'systemd-'],
    ['*.slice', '-.slice'],
    ['gdm*.service', 'gdm.service'],
    ['gdm*.service', 'gdm3.service'],
    ['*', ''],
    ['*', 'anything'],
    ['**', 'anything'],
    ['a*b*c', 'abc'],
    ['a*b*c', 'aXbXbYc'],
    ['*@*.service', 'user@1000.service'],
  ])('%s stands for %s', (pattern, name) => {
    expect(matchesGlob(pattern, name)).toBe(true);
  });

  it.each([
    ['a.service', 'aXservice'],
    ['a.service', 'a.service2'],
    ['systemd-*', 'my-systemd-thing.service'],
    ['*.slice', 'a.slice.service'],
    ['a*a', 'a'],
    ['ab*bc', 'abc'],
    ['a*b*b', 'ab'],
    ['', 'a'],
    ['a*b*c', 'acb'],
    ['a*c*c*', 'ac'],
    ['ssh@*', 'SSH@1.service'],
  ])('%s does not stand for %s', (pattern, name) => {
    expect(matchesGlob(pattern, name)).toBe(false);
  });

  it('agrees with the regular expression that says the same', () => {
    // Few letters, so that parts overlap and repeat.
    const letters = fc.constantFrom('a', 'b', '.', '@');
    const pattern = fc.string({ unit: fc.oneof(letters, fc.constant('*')), maxLength: 8 });
    fc.assert(
      fc.property(pattern, fc.string({ unit: letters, maxLength: 10 }), (glob, name) => {
        const escaped = glob.split('*').map((part) => part.replaceAll(/[.@]/g, '\\$&'));
        expect(matchesGlob(glob, name)).toBe(new RegExp(`^${escaped.join('.*')}$`).test(name));
      }),
      { numRuns: 5000 },
    );
  });

  it('stands for every name that fills its stars', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), fc.array(fc.string()), (parts, fillings) => {
        const filled = parts.reduce((text, part, index) => `${text}${fillings[index] ?? ''}${part}`);
        fc.pre(parts.every((part) => !part.includes('*')));
        expect(matchesGlob(parts.join('*'), filled)).toBe(true);
      }),
    );
  });
});
