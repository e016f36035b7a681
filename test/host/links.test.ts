import { mkdirSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readHead } from '../../src/host/head.ts';
import { listSome, readLink } from '../../src/host/links.ts';
import { tempFolder } from '../fakes/temp-folder.ts';

describe('readLink', () => {
  it('gives what a link says, whether that is there or not', () => {
    const folder = tempFolder({ file: '' });
    symlinkSync('socket:[81]', `${folder}/link`);
    expect(readLink(`${folder}/link`)).toBe('socket:[81]');
    expect(readLink(`${folder}/nonesuch`)).toBeUndefined();
    expect(() => readLink(`${folder}/file`)).toThrow(expect.objectContaining({ code: 'unreadable' }));
  });
});

describe('listSome', () => {
  it('gives at most so many names', () => {
    const folder = tempFolder(Object.fromEntries([...'abcdef'].map((name) => [`names/${name}`, ''])));
    expect(listSome(`${folder}/names`, 100).toSorted()).toEqual([...'abcdef']);
    expect(listSome(`${folder}/names`, 4)).toHaveLength(4);
    expect(listSome(`${folder}/nonesuch`, 4)).toEqual([]);
  });

  it('says why it cannot', () => {
    const folder = tempFolder();
    symlinkSync('loop', `${folder}/loop`);
    expect(() => listSome(`${folder}/loop`, 4)).toThrow(expect.objectContaining({ code: 'unreadable' }));
  });
});

describe('readHead', () => {
  it('gives the first bytes, as many as there are', async () => {
    const folder = tempFolder({ file: 'abc' });
    expect(Buffer.from((await readHead(`${folder}/file`, 2)) ?? []).toString()).toBe('ab');
    expect(await readHead(`${folder}/file`, 10)).toHaveLength(3);
    expect(await readHead(`${folder}/nonesuch`, 2)).toBeUndefined();
  });

  it('says why it cannot', async () => {
    const folder = tempFolder();
    mkdirSync(`${folder}/folder`);
    await expect(readHead(`${folder}/folder`, 2)).rejects.toMatchObject({ code: 'unreadable' });
  });
});
