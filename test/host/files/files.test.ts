import { closeSync, mkdirSync, openSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  isCgroup2,
  listFolder,
  openFileCount,
  readKernelFile,
  readTextFile,
} from '../../../src/host/files/files.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';

const readers = [
  ['readKernelFile', async (path: string) => readKernelFile(path)],
  ['readTextFile', (path: string) => readTextFile(path)],
] as const;

describe.each(readers)('%s', (_, read) => {
  it('gives the text as it is', async () => {
    expect(await read(join(tempFolder({ temp: '41000\n' }), 'temp'))).toBe('41000\n');
  });

  it('gives an empty text for an empty file', async () => {
    expect(await read(join(tempFolder({ empty: '' }), 'empty'))).toBe('');
  });

  it('gives nothing where there is no file, or no folder for it', async () => {
    const folder = tempFolder({ file: '' });
    expect(await read(join(folder, 'none'))).toBeUndefined();
    expect(await read(join(folder, 'none/at/all'))).toBeUndefined();
    expect(await read(join(folder, 'file/below-a-file'))).toBeUndefined();
  });

  it('throws a Failure that names the file for one that is there and cannot be read', async () => {
    const folder = tempFolder();
    mkdirSync(join(folder, 'folder'));
    symlinkSync('loop', join(folder, 'loop'));
    for (const [name, code] of [
      ['folder', 'EISDIR'],
      ['loop', 'ELOOP'],
    ] as const) {
      const path = join(folder, name);
      await expect(read(path)).rejects.toMatchObject({
        name: 'Failure',
        code: 'unreadable',
        cause: { code },
      });
      await expect(read(path)).rejects.toThrow(`reading ${path}: ${code}`);
    }
  });
});

describe('readTextFile', () => {
  it('reads UTF-8', async () => {
    expect(await readTextFile(join(tempFolder({ text: 'Grüße' }), 'text'))).toBe('Grüße');
  });

  it('does not read for a caller who has given up', async () => {
    const path = join(tempFolder({ text: 'x' }), 'text');
    await expect(readTextFile(path, AbortSignal.abort())).rejects.toMatchObject({ code: 'unreadable' });
  });
});

describe('listFolder', () => {
  it('gives the names in a folder', async () => {
    const folder = tempFolder({ b: '', a: '' });
    expect([...(await listFolder(folder))].sort()).toEqual(['a', 'b']);
  });

  it('gives none where there is no folder', async () => {
    expect(await listFolder(join(tempFolder(), 'none'))).toEqual([]);
  });

  it('throws a Failure for a folder that cannot be read', async () => {
    const folder = tempFolder();
    symlinkSync('loop', join(folder, 'loop'));
    await expect(listFolder(join(folder, 'loop'))).rejects.toMatchObject({ code: 'unreadable' });
  });
});

describe('isCgroup2', () => {
  it('says no to a folder of any other file system, and to none', () => {
    const folder = tempFolder();
    expect([isCgroup2(folder), isCgroup2(join(folder, 'none'))]).toEqual([false, false]);
  });
});

describe('openFileCount', () => {
  it('counts one more for a file that was opened, where the kernel counts', () => {
    const before = openFileCount();
    const files = Array.from({ length: 50 }, () => openSync('/dev/null', 'r'));
    const after = openFileCount();
    for (const file of files) closeSync(file);
    if (before === undefined) expect(after).toBeUndefined();
    else expect((after ?? 0) - before).toBeGreaterThan(40);
  });
});
