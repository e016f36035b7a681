import { execFileSync } from 'node:child_process';
import { renameSync, rmSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fileStamp, readSnapshot } from '../../../src/host/files/file-snapshot.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';

describe('readSnapshot', () => {
  it('gives the text of a file, and the stamp that it still has', () => {
    const file = `${tempFolder({ a: 'grün\n' })}/a`;
    expect(readSnapshot(file)).toEqual({ text: 'grün\n', stamp: fileStamp(file) });
  });

  it.each([
    ['gone', 'not-found', 'there is no such file'],
    ['.', 'refused', 'this is not a file'],
    ['a/b', 'unreadable', 'ENOTDIR'],
    ['large', 'refused', 'expected at most 4194304 bytes, not 4194305'],
    ['pipe', 'refused', 'this is not a file'],
  ])('throws a Failure for %s', (name, code, message) => {
    const folder = tempFolder({ a: '', large: '' });
    truncateSync(`${folder}/large`, 4 * 1024 * 1024 + 1);
    execFileSync('sh', ['-c', 'mkfifo "$0"', `${folder}/pipe`]);
    const path = `${folder}/${name}`;
    expect(() => readSnapshot(path)).toThrow(
      expect.objectContaining({
        name: 'Failure',
        code,
        message: expect.stringContaining(`${path}: ${code === 'unreadable' ? '' : message}`),
      }),
    );
  });
});

describe('fileStamp', () => {
  it('stays what it is while nothing happens', () => {
    const file = `${tempFolder({ a: 'x' })}/a`;
    expect(fileStamp(file)).toBe(fileStamp(file));
  });

  it.each<readonly [string, (folder: string) => void]>([
    ['another text of the same length', (folder) => writeFileSync(`${folder}/a`, 'y')],
    ['another file of the same content', (folder) => renameSync(`${folder}/b`, `${folder}/a`)],
    ['another time', (folder) => utimesSync(`${folder}/a`, 1, 1)],
    ['no file any more', (folder) => rmSync(`${folder}/a`)],
    [
      'a link that leads elsewhere',
      (folder) => {
        rmSync(`${folder}/a`);
        symlinkSync('b', `${folder}/a`);
      },
    ],
  ])('tells %s', (_, change) => {
    const folder = tempFolder({ a: 'x', b: 'x' });
    // An old file, so that no change falls into the moment of its making.
    utimesSync(`${folder}/a`, 1000, 1000);
    const before = fileStamp(`${folder}/a`);
    change(folder);
    expect(fileStamp(`${folder}/a`)).not.toBe(before);
  });

  it('is the reason where there is no file', () => {
    expect(fileStamp(`${tempFolder()}/gone`)).toBe('ENOENT');
  });
});
