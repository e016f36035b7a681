import { mkdirSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createKeptFiles } from '../../src/host/kept-files.ts';
import { tempFolder } from '../fakes/temp-folder.ts';

/** Files below a folder that this process has open. */
function openBelow(folder: string): number {
  const links = readdirSync('/proc/self/fd', { withFileTypes: true });
  return links.filter(({ name }) => linkOf(`/proc/self/fd/${name}`).startsWith(folder)).length;
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function setUp(limit: number) {
  const folder = tempFolder({ a: '1\n', b: '2\n' });
  const files = createKeptFiles(limit);
  onTestFinished(() => files.close());
  return { folder, files, path: (name: string) => join(folder, name) };
}

/** Open files are counted in /proc. */
describe.runIf(process.platform === 'linux')('kept files', () => {
  it('tell what is in a file now, not what was', () => {
    const { files, path } = setUp(10);
    expect(files.read(path('a'))).toBe('1\n');
    writeFileSync(path('a'), '12345\n');
    expect(files.read(path('a'))).toBe('12345\n');
    writeFileSync(path('a'), '');
    expect(files.read(path('a'))).toBe('');
  });

  it('tell a long file in full', () => {
    const { files, path } = setUp(10);
    const long = 'x'.repeat(50_000);
    writeFileSync(path('a'), long);
    expect(files.read(path('a'))).toBe(long);
    expect(files.read(path('a'))).toBe(long);
  });

  it('tell nothing of a file that is not there', () => {
    expect(setUp(10).files.read('/nonexistent/file')).toBeUndefined();
  });

  it('throw for a file that is there and cannot be read, and leave nothing open', () => {
    const { files, folder, path } = setUp(10);
    mkdirSync(path('folder'));
    expect(() => files.read(path('folder'))).toThrow(/^reading .*EISDIR/);
    expect(openBelow(folder)).toBe(0);
  });

  it('are closed once they have not been read for a round, and read again all the same', () => {
    const { files, folder, path } = setUp(10);
    files.read(path('a'));
    files.read(path('b'));
    files.sweep();
    files.read(path('a'));
    files.sweep();
    expect(openBelow(folder)).toBe(1);
    expect(files.read(path('b'))).toBe('2\n');
  });

  it('are no more than the limit', () => {
    const { files, folder, path } = setUp(1);
    expect([files.read(path('a')), files.read(path('b')), files.read(path('b'))]).toEqual([
      '1\n',
      '2\n',
      '2\n',
    ]);
    expect(openBelow(folder)).toBe(1);
  });

  it('are all closed in the end', () => {
    const { files, folder, path } = setUp(10);
    files.read(path('a'));
    files.close();
    expect(openBelow(folder)).toBe(0);
  });
});
