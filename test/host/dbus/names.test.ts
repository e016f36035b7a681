import { describe, expect, it } from 'vitest';
import { isBusName, isInterfaceName, isMemberName, isObjectPath } from '../../../src/host/dbus/names.ts';

/** 255 characters may be, 256 may not. */
const LONG = `a.${'b'.repeat(253)}`;

describe('names of D-Bus', () => {
  it.each(['/', '/a', '/a/b_1', '/org/freedesktop/systemd1/unit/a_2eservice'])('%s is a path', (path) => {
    expect(isObjectPath(path)).toBe(true);
  });

  it.each(['', 'a', '/a/', '//', '/a//b', '/a-b', '/a.b', '/é', '/a\n', ' /a'])('%j is no path', (path) => {
    expect(isObjectPath(path)).toBe(false);
  });

  it.each(['a.b', 'org.freedesktop.DBus', '_a._1', LONG])('%s is the name of an interface', (name) => {
    expect(isInterfaceName(name)).toBe(true);
  });

  it.each(['', 'a', 'a.', '.a', 'a..b', 'a.1b', 'a-b.c', 'a.b\n', `${LONG}b`])('%j is not', (name) => {
    expect(isInterfaceName(name)).toBe(false);
  });

  it.each(['Get', '_a', 'a1'])('%s is the name of a method', (name) => {
    expect(isMemberName(name)).toBe(true);
  });

  it.each(['', '1a', 'a.b', 'a-b', 'a'.repeat(256)])('%j is none', (name) => {
    expect(isMemberName(name)).toBe(false);
  });

  it.each([':1.20', 'org.freedesktop.systemd1', 'a-b.c', '-a.b', LONG])('%s names a connection', (name) => {
    expect(isBusName(name)).toBe(true);
  });

  it.each(['', ':1', 'a', 'a.1b', 'a..b', '.a', 'a.b:', `${LONG}b`])('%j names none', (name) => {
    expect(isBusName(name)).toBe(false);
  });
});
