import { listFolder } from '../../host/files/files.ts';
import { lookAt } from '../../host/files/look-at.ts';
import { modifiedAt } from '../../host/files/modified.ts';

/**
 * What package managers write whenever a package is installed, upgraded or removed, and not when one is only asked
 * for. No folders of rpm: SQLite makes and removes files there for whoever reads.
 *
 * - dpkg: `status` is replaced at the end of a run, the log grows all along;
 * - rpm: SQLite (with its log), Berkeley DB, or ndb; `/usr/lib/sysimage` on Fedora and openSUSE;
 * - apk: replaced at the end of a run; in `/usr` since version 3.
 */
const FILES: readonly string[] = [
  '/var/lib/dpkg/status',
  '/var/log/dpkg.log',
  ...['/var/lib/rpm', '/usr/lib/sysimage/rpm'].flatMap((folder) =>
    ['rpmdb.sqlite', 'rpmdb.sqlite-wal', 'Packages', 'Packages.db'].map((name) => `${folder}/${name}`),
  ),
  '/lib/apk/db/installed',
  '/usr/lib/apk/db/installed',
];

/** pacman has a folder for each version of a package, so it is theirs that changes. */
const FOLDERS: readonly string[] = ['/var/lib/pacman/local'];

/**
 * When packages of this machine were last changed; undefined where none of the package managers is known.
 *
 * `root` is before each path, for tests. An empty file tells nothing: logs are rotated, and SQLite makes an empty one
 * to read. Throws Failure `unreadable`.
 */
export async function readPackagesChangedAt(root = ''): Promise<Date | undefined> {
  const files = FILES.map(async (path) => {
    const look = await lookAt(`${root}${path}`);
    return look.kind === 'file' && look.bytes > 0 ? [look.modifiedSeconds] : [];
  });
  const folders = FOLDERS.map(async (path) => {
    const hasAny = (await listFolder(`${root}${path}`)).length > 0;
    const seconds = hasAny ? await modifiedAt(`${root}${path}`) : undefined;
    return seconds === undefined ? [] : [seconds];
  });
  const times = (await Promise.all([...files, ...folders])).flat();
  return times.length === 0 ? undefined : new Date(Math.max(...times) * 1000);
}
