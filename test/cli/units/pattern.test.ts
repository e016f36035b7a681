import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileGlob, isGlob, unitNameOf } from '../../../src/cli/units/pattern.ts';
import { anyText } from '../../fakes/any-text.ts';

describe('unitNameOf', () => {
  it.each([
    ['nginx', 'nginx.service'],
    ['nginx.service', 'nginx.service'],
    ['comfyui@a', 'comfyui@a.service'],
    ['php8.2-fpm', 'php8.2-fpm.service'],
    ['logrotate.timer', 'logrotate.timer'],
    ['-.mount', '-.mount'],
    ['nginx.', 'nginx..service'],
  ])('takes %s for %s', (word, name) => {
    expect(unitNameOf(word)).toBe(name);
  });
});

describe('isGlob', () => {
  it.each([
    ['nginx.service', false],
    ['dev-disk\\x2d1.device', false],
    ['nginx*', true],
    ['web?.service', true],
    ['web[12].service', true],
  ])('of %s is %s', (pattern, glob) => {
    expect(isGlob(pattern)).toBe(glob);
  });
});

describe('compileGlob', () => {
  it.each([
    ['comfyui@*', ['comfyui@a.service', 'comfyui@.service'], ['comfyui.service', 'my-comfyui@a.service']],
    ['*.timer', ['a.timer', '.timer'], ['a.timer.service', 'a-timer']],
    ['*ssh*', ['ssh.service', 'sshd.socket', 'my-ssh'], ['ss.h']],
    ['a**b', ['ab', 'a-b'], ['a', 'b']],
    ['web?.service', ['web1.service'], ['web.service', 'web12.service']],
    ['web[12].service', ['web1.service', 'web2.service'], ['web3.service', 'web12.service']],
    ['web[1-3]', ['web1', 'web2', 'web3'], ['web4', 'web-']],
    ['web[!1-3]', ['web4', 'webx'], ['web1', 'web']],
    ['web[^1]', ['web4', 'web^'], ['web1']],
    ['a[]x]b', ['a]b', 'axb'], ['ab', 'a[b']],
    ['a[!]]b', ['axb'], ['a]b']],
    ['a[-x]b', ['a-b', 'axb'], ['ayb']],
    ['a[\\x]*', ['a\\2d', 'axb'], ['a2d']],
    ['a\\x2d*', ['a\\x2db'], ['a-b', 'ax2db']],
    ['a[z-a]*', [], ['az', 'ab', 'a-']],
    ['a[*', ['a[', 'a[b'], ['ab']],
    ['a.b*', ['a.b'], ['axb']],
    ['(a|b)+$*', ['(a|b)+$'], ['a', 'ab']],
  ])('understands %s', (pattern, fits, others) => {
    const test = compileGlob(pattern);
    expect(fits.filter((name) => !test(name))).toEqual([]);
    expect(others.filter(test)).toEqual([]);
  });

  const plain = anyText().filter((text) => !isGlob(text));

  it('fits a text of which any part is a star', () => {
    fc.assert(
      fc.property(plain, plain, plain, (head, middle, tail) => {
        expect(compileGlob(`${head}*${tail}`)(head + middle + tail)).toBe(true);
      }),
    );
  });

  it('fits nothing that begins or ends otherwise', () => {
    fc.assert(
      fc.property(plain, plain, anyText(), (head, tail, name) => {
        const fits = name.length >= head.length + tail.length && name.startsWith(head) && name.endsWith(tail);
        expect(compileGlob(`${head}*${tail}`)(name)).toBe(fits);
      }),
    );
  });

  it('is never at a loss', () => {
    fc.assert(fc.property(anyText(), anyText(), (pattern, name) => void compileGlob(pattern)(name)));
  });
});
