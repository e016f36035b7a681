import { symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { listSome, readLink } from '../../../src/host/files/links.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';

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
