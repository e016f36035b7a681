import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openStateFile } from '../../../src/host/files/state-file.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';

async function opened(path: string) {
  const file = await openStateFile(path);
  onTestFinished(() => file.close());
  return file;
}

describe('openStateFile', () => {
  it('makes its folder, and keeps what was written', async () => {
    const path = join(tempFolder(), 'state', 'journal.json');
    const file = await openStateFile(path);
    expect(file.found).toBeUndefined();
    await file.replace('one');
    await file.replace('two');
    await file.close();
    expect((await opened(path)).found).toBe('two');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(path, '..'))).toEqual(['journal.json']);
  });

  it('writes through no link that lies in its way', async () => {
    const folder = tempFolder({ victim: 'precious' });
    symlinkSync(join(folder, 'victim'), join(folder, 'journal.json.next'));
    const file = await opened(join(folder, 'journal.json'));
    await file.replace('ours');
    expect(readFileSync(join(folder, 'victim'), 'utf8')).toBe('precious');
    expect(readFileSync(join(folder, 'journal.json'), 'utf8')).toBe('ours');
  });

  it.runIf(process.platform === 'linux')('is for one process at a time', async () => {
    const path = join(tempFolder(), 'journal.json');
    await opened(path);
    await expect(openStateFile(path)).rejects.toMatchObject({ code: 'refused' });
  });

  it('fails where there is no file to be had, and gives its folder back', async () => {
    const folder = tempFolder({ file: '' });
    await expect(openStateFile(join(folder, 'file', 'journal.json'))).rejects.toMatchObject({
      code: 'unwritable',
    });
    mkdirSync(join(folder, 'journal.json'));
    await expect(openStateFile(join(folder, 'journal.json'))).rejects.toMatchObject({ code: 'refused' });
    await opened(join(folder, 'other.json'));
  });
});
