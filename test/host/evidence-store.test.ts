import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createEvidenceStore, evidenceOf } from '../../src/host/evidence-store.ts';
import { tempFolder } from '../fakes/temp-folder.ts';
import { labMissing } from '../lab/lab.ts';
import { findProgram } from '../lab/programs.ts';

describe('the store of evidence', () => {
  it('keeps each in a file that only this user may read, under its hash', async () => {
    const folder = join(tempFolder(), 'evidence');
    const evidence = evidenceOf('{"what":"Grüße"}\n');
    await createEvidenceStore(folder).write('0a1b-2', 3, evidence);
    const path = join(folder, '0a1b-2-3.json');
    expect(readFileSync(path, 'utf8')).toBe(evidence.text);
    expect(createHash('sha256').update(readFileSync(path)).digest('hex')).toBe(evidence.hash);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('deletes the oldest beyond a number of files, those of before a restart too, and nothing of others', async () => {
    const folder = tempFolder({
      'old-0.json': 'x',
      'older-0.json': 'x',
      'note.txt': 'x',
      'half-0.json.next': 'x',
    });
    utimesSync(join(folder, 'older-0.json'), 1, 1);
    utimesSync(join(folder, 'old-0.json'), 2, 2);
    const store = createEvidenceStore(folder, { files: 3, bytes: 1000 });
    await Promise.all([store.write('a', 0, evidenceOf('1')), store.write('b', 0, evidenceOf('2'))]);
    expect(readdirSync(folder).sort()).toEqual(['a-0.json', 'b-0.json', 'note.txt', 'old-0.json']);
    await createEvidenceStore(folder, { files: 3, bytes: 1000 }).write('c', 0, evidenceOf('3'));
    expect(readdirSync(folder).sort()).toEqual(['a-0.json', 'b-0.json', 'c-0.json', 'note.txt']);
  });

  it('deletes the oldest beyond a number of bytes, but never the newest', async () => {
    const folder = tempFolder();
    const store = createEvidenceStore(folder, { files: 100, bytes: 10 });
    for (const id of ['a', 'b', 'c']) await store.write(id, 0, evidenceOf('1234'));
    expect(readdirSync(folder).sort()).toEqual(['b-0.json', 'c-0.json']);
    await store.write('d', 0, evidenceOf('1234567890123'));
    expect(readdirSync(folder)).toEqual(['d-0.json']);
  });

  it('counts the same step once', async () => {
    const folder = tempFolder();
    const store = createEvidenceStore(folder, { files: 2, bytes: 1000 });
    for (const text of ['1', '2', '3']) await store.write('a', 0, evidenceOf(text));
    await store.write('b', 0, evidenceOf('4'));
    expect(readdirSync(folder).sort()).toEqual(['a-0.json', 'b-0.json']);
    expect(readFileSync(join(folder, 'a-0.json'), 'utf8')).toBe('3');
  });

  it.each(['', '../x', 'a/b', '.hidden', 'x'.repeat(200)])('refuses to be named %j', async (id) => {
    const folder = tempFolder();
    await expect(createEvidenceStore(folder).write(id, 0, evidenceOf('x'))).rejects.toMatchObject({
      code: 'refused',
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says that it cannot write, and works again once it can', async () => {
    const folder = join(tempFolder({ evidence: '' }), 'evidence');
    const store = createEvidenceStore(folder);
    await expect(store.write('a', 0, evidenceOf('x'))).rejects.toMatchObject({ code: 'unwritable' });
    execFileSync('rm', [folder]);
    await store.write('a', 0, evidenceOf('x'));
    expect(readdirSync(folder)).toEqual(['a-0.json']);
  });

  it.skipIf(labMissing() !== undefined)('says that the disk is full, and leaves no half file', async () => {
    const folder = tempFolder();
    mkdirSync(join(folder, 'disk'));
    const disk = join(folder, 'disk');
    execFileSync(findProgram('mount') ?? '', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk]);
    onTestFinished(() => void execFileSync(findProgram('umount') ?? '', [disk]));
    const store = createEvidenceStore(disk);
    await store.write('a', 0, evidenceOf('fits'));
    const large = evidenceOf('x'.repeat(200_000));
    await expect(store.write('b', 0, large)).rejects.toMatchObject({
      code: 'unwritable',
      message: expect.stringContaining('ENOSPC'),
    });
    expect(readdirSync(disk)).toEqual(['a-0.json']);
    writeFileSync(join(disk, 'a-0.json'), '');
    await store.write('c', 0, evidenceOf('fits'));
    expect(readdirSync(disk).sort()).toEqual(['a-0.json', 'c-0.json']);
  });
});
