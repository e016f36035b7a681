import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACTIVE_STATES, isActiveState, isUnitName, unitType } from '../../src/domain/unit.ts';
import { anyCharacter } from '../fakes/any-text.ts';

const SUFFIXES = 'service socket target device mount automount swap timer path slice scope'.split(' ');

describe('isUnitName', () => {
  it.each([
    'nginx.service',
    'comfyui@a.service',
    'user@1000.service',
    'systemd-fsck@dev-disk-by\\x2duuid-1A2B.service',
    'dev-disk-by\\x2did-ata_X:1.device',
    'org.freedesktop.hostname1.service',
    '-.slice',
    ...SUFFIXES.map((suffix) => `a.${suffix}`),
    `${'a'.repeat(247)}.service`,
  ])('takes %s', (name) => {
    expect(isUnitName(name)).toBe(true);
  });

  it.each([
    ['an empty text', ''],
    ['no suffix', 'nginx'],
    ['a suffix alone', '.service'],
    ['an unknown suffix', 'nginx.services'],
    ['a suffix in capitals', 'nginx.SERVICE'],
    ['a path', '../../x.service'],
    ['an absolute path', '/etc/systemd/system/x.service'],
    ['a space', 'my app.service'],
    ['a space at the end', 'a.service '],
    ['two names', 'a.service b.service'],
    ['a semicolon', 'a;reboot.service'],
    ['a newline inside', 'a\nb.service'],
    ['a newline at the end', 'a.service\n'],
    ['letters of another script', 'café.service'],
    ['letters that look alike', 'ngіnx.service'],
    ['a right-to-left override', '\u202eecivres.a.service'],
    ['a NUL', 'a\0.service'],
    ['a NUL at the end', 'a.service\0'],
    ['255 letters and a suffix', `${'a'.repeat(248)}.service`],
    ['300 letters', 'a'.repeat(300)],
    ['a template in braces', '{{ labels.unit }}.service'],
    ['a command in a shell', '$(reboot).service'],
    ['a backquote', '`reboot`.service'],
    ['a glob', '*.service'],
    ['an option', '--now=a.service'],
    ['a template without instance', 'comfyui@.service'],
    ['an instance without template', '@a.service'],
    ['a specifier', 'a%i.service'],
    ['a percent sign at the end', 'a.service%'],
  ])('refuses %s', (_, name) => {
    expect(isUnitName(name)).toBe(false);
  });

  it('refuses a good name once it holds one character that systemd does not allow', () => {
    const forbidden = anyCharacter().filter((one) => !/[\w:.\\@-]/.test(one));
    fc.assert(
      fc.property(fc.constantFrom('comfyui@a.service', 'a.socket'), fc.nat(), forbidden, (name, at, bad) => {
        const place = at % (name.length + 1);
        expect(isUnitName(name.slice(0, place) + bad + name.slice(place))).toBe(false);
      }),
    );
  });

  it('takes every name made of the characters that systemd allows', () => {
    const part = fc.stringMatching(/^[A-Za-z0-9:_.\\-]{1,100}$/);
    fc.assert(
      fc.property(part, fc.option(part), fc.constantFrom(...SUFFIXES), (stem, instance, suffix) => {
        expect(isUnitName(`${stem}${instance === null ? '' : `@${instance}`}.${suffix}`)).toBe(true);
      }),
    );
  });
});

describe('unitType', () => {
  it.each([
    ['nginx.service', 'service'],
    ['org.freedesktop.hostname1.service', 'service'],
    ['comfyui@a.b.socket', 'socket'],
    ['-.mount', 'mount'],
  ])('of %s is %s', (name, type) => {
    expect(unitType(name)).toBe(type);
  });
});

describe('isActiveState', () => {
  it.each(ACTIVE_STATES)('knows %s', (state) => {
    expect(isActiveState(state)).toBe(true);
  });

  it.each(['', 'Active', 'dead', 'running', 'active '])('does not know "%s"', (text) => {
    expect(isActiveState(text)).toBe(false);
  });
});
