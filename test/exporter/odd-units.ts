import { writeFileSync } from 'node:fs';
import type { Lab } from '../lab/lab.ts';
import { waitFor } from '../lab/wait.ts';

const SLEEPER = '[Service]\nExecStart=/bin/sleep infinity\n';

/** As long as systemd takes them. */
const LONGEST = 255;

const longest = (prefix: string, suffix: string): string =>
  `${prefix}${'n'.repeat(LONGEST - prefix.length - suffix.length)}${suffix}`;

/** Names of services that are hard to write down right; a backslash is a character of a name like any other. */
export const ODD_SERVICES: readonly string[] = [
  'quote\\x22d.service',
  'apostrophe\\x27d.service',
  'dash\\x2d\\x2d.service',
  'back\\x5cslash.service',
  'line\\x0afeed.service',
  'byte\\xff.service',
  'not\\nfeed.service',
  '\\\\.service',
  'ends\\.service',
  'colon:under_score.dot.service',
  // Cgroups of these names would be taken for files of the kernel's, so systemd puts a _ before them.
  'memory.service',
  'cgroup.odd.service',
  '_under.service',
  longest('', '.service'),
  longest('\\x22', '\\x22.service'),
  longest('odd@', '.service'),
  'odd@.service.service',
  'odd@\\x22\\x5c\\x0a\\xff.service',
];

/** Folders where something is mounted, as printf(1) writes them, and the units that systemd makes of them. */
const ODD_FOLDERS: Readonly<Record<string, string>> = {
  'quote"d': 'run-odd-quote\\x22d.mount',
  'back\\\\slash': 'run-odd-back\\x5cslash.mount',
  'line\\nfeed': 'run-odd-line\\x0afeed.mount',
  'Gr\\303\\274\\303\\237e': 'run-odd-Gr\\xc3\\xbc\\xc3\\x9fe.mount',
  'with space': 'run-odd-with\\x20space.mount',
};

/** Names of mounts that systemd has made by itself. */
export const ODD_MOUNTS: readonly string[] = Object.values(ODD_FOLDERS);

/** A mount of a type that is hard to write down right, which fails for that; and its type. */
export const ODD_TYPE = { mount: 'run-oddtype.mount', type: 'no"n\\s{e}=n,se' };

/** Starts all of them in a lab, beside files that systemd does not take. */
export async function addOddUnits(lab: Lab): Promise<void> {
  const folder = `${lab.root}/etc/systemd/system`;
  for (const name of [...ODD_SERVICES, 'odd@.service']) writeFileSync(`${folder}/${name}`, SLEEPER);
  writeFileSync(
    `${folder}/${ODD_TYPE.mount}`,
    `[Mount]\nWhat=tmpfs\nWhere=/run/oddtype\nType=${ODD_TYPE.type}\n`,
  );
  // No name of a unit, and no text.
  writeFileSync(bytes(folder, '/not-utf8-', 0xff, '.service'), SLEEPER);
  writeFileSync(`${folder}/raw"quote.service`, SLEEPER);
  writeFileSync(`${folder}/odd-text.service`, bytes('[Unit]\nDescription=', 0xff, '\n', SLEEPER));
  await lab.run(['systemctl', 'daemon-reload']);
  await lab.run(['systemctl', 'start', ...ODD_SERVICES]);
  await lab.run(['systemctl', 'start', 'odd-text.service', ODD_TYPE.mount], { check: false });
  for (const name of Object.keys(ODD_FOLDERS)) await mountAt(lab, name);
  // Nobody tells systemd of a mount; it watches the table of them, now and then.
  await waitFor('systemd has seen every mount', async () => {
    const { code } = await lab.run(['systemctl', 'is-active', ...ODD_MOUNTS], { check: false });
    return code === 0 || undefined;
  });
}

/**
 * Mounts something in a folder whose name is no UTF-8, and gives the name of its unit.
 *
 * From then on systemd (252) can list its units no more, since the unit is described by its folder:
 * `systemctl list-units` fails.
 */
export async function addMountWithoutText(lab: Lab): Promise<string> {
  await mountAt(lab, 'byte\\377');
  return 'run-odd-byte\\xff.mount';
}

async function mountAt(lab: Lab, printed: string): Promise<void> {
  const mount = 'folder=/run/odd/$(printf "$1") && mkdir -p "$folder" && mount -t tmpfs tmpfs "$folder"';
  await lab.run(['sh', '-c', mount, 'sh', printed]);
}

function bytes(...parts: readonly (string | number)[]): Buffer {
  return Buffer.concat(parts.map((part) => Buffer.from(typeof part === 'string' ? part : [part])));
}
