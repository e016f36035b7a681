import { existsSync } from 'node:fs';
import { canUnpack, unpackPackages } from './unpack.ts';

/** What the lab's system consists of: the Debian package, and a file that says it is there. */
const parts = [
  { name: 'systemd', file: '/lib/systemd/systemd' },
  { name: 'dbus', file: '/lib/systemd/system/dbus.service' },
  { name: 'polkitd', file: '/lib/systemd/system/polkit.service' },
] as const;

function missing(): readonly string[] {
  return parts.filter(({ file }) => !existsSync(file)).map(({ name }) => name);
}

/** One sentence why neither this host nor Debian's archive can give the lab a systemd, else undefined. */
export function partsMissing(): string | undefined {
  const needed = missing().filter((name) => name !== 'polkitd');
  if (needed.length === 0 || canUnpack()) return undefined;
  return `this host has no ${needed.join(' and no ')}, and no apt-get to fetch them with`;
}

/**
 * A folder with the parts that this host has not installed (a bare container), to lie under the lab's
 * root; undefined where the host has them all.
 */
export async function unpackedParts(): Promise<string | undefined> {
  const names = missing();
  if (names.length === 0 || (names.join() === 'polkitd' && !canUnpack())) return undefined;
  return unpackPackages({
    name: `rootfs-${names.join('-')}`,
    scope: 'missing',
    packages: names,
    purpose: 'This host has not all of a systemd to boot the lab with',
  });
}
