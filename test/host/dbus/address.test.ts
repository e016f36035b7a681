import { describe, expect, it } from 'vitest';
import { socketPaths } from '../../../src/host/dbus/address.ts';

describe('an address of D-Bus', () => {
  it.each<[string, readonly string[]]>([
    ['unix:path=/run/dbus/system_bus_socket', ['/run/dbus/system_bus_socket']],
    ['unix:path=/a,guid=0123', ['/a']],
    ['unix:guid=0123,path=/a', ['/a']],
    ['unix:abstract=/tmp/dbus-x', ['\0/tmp/dbus-x']],
    ['unix:path=/a%20b%3bc%2C%C3%A9', ['/a b;c,é']],
    ['unix:path=/a;unix:abstract=b;', ['/a', '\0b']],
    ['unix:path=/a=b', ['/a=b']],
  ])('%s names %j', (address, paths) => {
    expect(socketPaths(address)).toEqual(paths);
  });

  it.each<[string, string]>([
    ['', 'the address is empty'],
    [';', 'the address is empty'],
    ['/run/dbus/system_bus_socket', 'is no address of a socket such as unix:path=... or unix:abstract=...'],
    ['tcp:host=localhost,port=1', '"tcp:host=localhost,port=1" is no address of a socket'],
    ['unixexec:path=/bin/ssh', 'is no address of a socket'],
    ['unix:', 'is no address of a socket'],
    ['unix:path=', 'is no address of a socket'],
    ['unix:abstract=', 'is no address of a socket'],
    ['unix:runtime=yes', 'is no address of a socket'],
    ['unix:path=/a,abstract=b', 'is no address of a socket'],
    ['unix:path=/a;autolaunch:', '"autolaunch:" is no address of a socket'],
    ['unix:path=/a%2', '"path=/a%2" has a % that is not followed by two hexadecimal digits'],
  ])('%j is refused: %s', (address, reason) => {
    expect(() => socketPaths(address)).toThrow(reason);
  });
});
