import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isLocked, lockFile } from '../../../src/host/files/file-lock.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';

/** Elsewhere there is no lock that dies with its process, and fettle takes none. */
describe.runIf(process.platform === 'linux')('a lock on a file', () => {
  function aFile(name: string): string {
    const path = join(tempFolder(), name);
    writeFileSync(path, '');
    return path;
  }

  it('is given to one at a time', async () => {
    const path = aFile('ledger');
    const lock = await lockFile(path);
    await expect(lockFile(path)).rejects.toMatchObject({
      code: 'refused',
      message: `taking ${path} for this process: another fettle is using it`,
    });
    await lock.release();
    const again = await lockFile(path);
    await again.release();
  });

  it('is about the one file', async () => {
    const one = await lockFile(aFile('one'));
    const other = await lockFile(aFile('other'));
    await one.release();
    await other.release();
  });

  it('can be seen without being taken', async () => {
    const path = aFile('ledger');
    expect(await isLocked(path)).toBe(false);
    const lock = await lockFile(path);
    expect([await isLocked(path), await isLocked(path)]).toEqual([true, true]);
    await lock.release();
    expect(await isLocked(path)).toBe(false);
  });
});
