import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fileAccess, isWorldReadable } from '../../../src/host/files/file-access.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';

describe('fileAccess', () => {
  it('finds a file that may be written to', async () => {
    const folder = tempFolder({ ledger: '' });
    expect(await fileAccess(join(folder, 'ledger'))).toEqual({ exists: true, folder, problem: undefined });
  });

  it('finds the nearest folder for one that would be made', async () => {
    const folder = tempFolder();
    const path = join(folder, 'state/fettle/ledger');
    expect(await fileAccess(path)).toEqual({ exists: false, folder, problem: undefined });
  });

  it('tells why it cannot be', async () => {
    const folder = tempFolder({ file: '' });
    chmodSync(join(folder, 'file'), 0o755);
    expect(await fileAccess(join(folder, 'file/ledger'))).toMatchObject({
      exists: false,
      problem: 'ENOTDIR',
    });
    chmodSync(folder, 0o500);
    // Root may all the same.
    const problem = process.getuid?.() === 0 ? undefined : 'EACCES';
    expect(await fileAccess(join(folder, 'ledger'))).toEqual({ exists: false, folder, problem });
    chmodSync(folder, 0o700);
  });
});

describe('isWorldReadable', () => {
  it.each([
    [0o600, false],
    [0o640, false],
    [0o644, true],
  ])('goes by the mode %o', async (mode, expected) => {
    const path = join(tempFolder(), 'token');
    writeFileSync(path, 'secret');
    chmodSync(path, mode);
    expect(await isWorldReadable(path)).toBe(expected);
  });
});
