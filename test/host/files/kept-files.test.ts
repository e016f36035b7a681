import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { KeptFiles } from '../../../src/host/files/kept-files.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';

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
  const files = new KeptFiles(limit);
  onTestFinished(() => files.close());
  const path = (name: string) => join(folder, name);
  return { folder, files, path, a: files.file(path('a')), b: files.file(path('b')) };
}

/** Open files are counted in /proc. */
describe.runIf(process.platform === 'linux')('kept files', () => {
  it('tell what is in a file now, not what was', () => {
    const { a, path } = setUp(10);
    expect(a.read()).toBe('1\n');
    writeFileSync(path('a'), '12345\n');
    expect(a.read()).toBe('12345\n');
    writeFileSync(path('a'), '');
    expect(a.read()).toBe('');
  });

  it('tell a long file in full', () => {
    const { a, path } = setUp(10);
    const long = 'x'.repeat(50_000);
    writeFileSync(path('a'), long);
    expect([a.read(), a.read()]).toEqual([long, long]);
  });

  it('tell nothing of a file that is not there', () => {
    expect(setUp(10).files.file('/nonexistent/file').read()).toBeUndefined();
  });

  it('throw for a file that is there and cannot be read, and leave nothing open', () => {
    const { files, folder, path } = setUp(10);
    mkdirSync(path('folder'));
    expect(() => files.file(path('folder')).read()).toThrow(/^reading .*EISDIR/);
    expect(openBelow(folder)).toBe(0);
  });

  it('stay open between reads, until they are closed, and are read again all the same', () => {
    const { a, b, folder } = setUp(10);
    for (const file of [a, a, b]) file.read();
    expect(openBelow(folder)).toBe(2);
    a.close();
    expect(openBelow(folder)).toBe(1);
    expect(a.read()).toBe('1\n');
  });

  it('are no more than the limit', () => {
    const { a, b, folder } = setUp(1);
    expect([a.read(), b.read(), b.read()]).toEqual(['1\n', '2\n', '2\n']);
    expect(openBelow(folder)).toBe(1);
    a.close();
    expect([b.read(), openBelow(folder)]).toEqual(['2\n', 1]);
  });

  it('are all closed in the end', () => {
    const { files, a, folder } = setUp(10);
    a.read();
    files.close();
    expect(openBelow(folder)).toBe(0);
  });

  it('make room where the process may have no more files open, and tell all there is', () => {
    const names = Array.from({ length: 100 }, (_, index) => `f${index}`);
    const folder = tempFolder(Object.fromEntries(names.map((name) => [name, `${name}\n`])));
    const script = new URL('open-with-few.ts', import.meta.url).pathname;
    const run = spawnSync(
      'sh',
      [
        '-c',
        'ulimit -n 64 && exec "$0" --import tsx "$@"',
        process.execPath,
        script,
        ...names.map((name) => join(folder, name)),
      ],
      { encoding: 'utf8', env: { ...process.env, TSX_DISABLE_CACHE: '1' } },
    );
    expect(run).toMatchObject({ status: 0, stderr: '' });
    const round = names.map((name) => `${name}\n`);
    expect(JSON.parse(run.stdout)).toEqual({ limit: 32, rounds: [round, round] });
  });
});
