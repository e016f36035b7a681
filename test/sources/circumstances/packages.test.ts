import { mkdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPackagesChangedAt } from '../../../src/sources/circumstances/packages.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';

/** A system's files, each last changed at so many Unix seconds. */
function systemWith(files: Readonly<Record<string, number>>, text = 'x'): string {
  const root = tempFolder(Object.fromEntries(Object.keys(files).map((path) => [path, text])));
  for (const [path, seconds] of Object.entries(files)) utimesSync(join(root, path), seconds, seconds);
  return root;
}

describe('when packages were last changed', () => {
  it('is not known to be at all where there is no package manager', async () => {
    expect(await readPackagesChangedAt(tempFolder())).toBeUndefined();
  });

  it.each([
    [{ 'var/lib/dpkg/status': 100, 'var/log/dpkg.log': 200 }, 200],
    [{ 'var/lib/dpkg/status': 300, 'var/log/dpkg.log': 200 }, 300],
    [{ 'var/lib/rpm/Packages': 100 }, 100],
    [{ 'var/lib/rpm/Packages.db': 100 }, 100],
    [{ 'usr/lib/sysimage/rpm/rpmdb.sqlite': 100, 'usr/lib/sysimage/rpm/rpmdb.sqlite-wal': 150 }, 150],
    [{ 'lib/apk/db/installed': 100 }, 100],
    [{ 'usr/lib/apk/db/installed': 100 }, 100],
    // Made by whoever only reads.
    [
      { 'var/lib/rpm/rpmdb.sqlite': 100, 'var/lib/rpm/rpmdb.sqlite-shm': 900, 'var/lib/rpm/.rpm.lock': 900 },
      100,
    ],
  ])('is the newest of %j', async (files, seconds) => {
    expect(await readPackagesChangedAt(systemWith(files))).toEqual(new Date(seconds * 1000));
  });

  it('is told by the folder of pacman, in which each version has one', async () => {
    const root = systemWith({ 'var/lib/pacman/local/ALPM_DB_VERSION': 900 });
    mkdirSync(join(root, 'var/lib/pacman/local/linux-6.1'));
    utimesSync(join(root, 'var/lib/pacman/local'), 100, 100);
    expect(await readPackagesChangedAt(root)).toEqual(new Date(100_000));
  });

  it('is not told by an empty log, which was only rotated', async () => {
    const root = systemWith({ 'var/log/dpkg.log': 900 }, '');
    expect(await readPackagesChangedAt(root)).toBeUndefined();
  });
});
