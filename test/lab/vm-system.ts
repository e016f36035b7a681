import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { VmParts } from './vm-parts.ts';
import type { FileTree } from './vm-tree.ts';

/** Where the agent of a VM listens, inside. */
export const AGENT_PORT = 10557;

/** The program of the agent, inside. */
export const AGENT_PROGRAM = '/opt/vm/agent.mjs';

/** Debian's systemd and dbus, set up to boot to the agent; `token` is what it wants to hear. */
export function addSystem(tree: FileTree, { system, modules }: VmParts, token: string): void {
  tree.copy(system, '/', (path) => unneeded.has(path));
  for (const name of applets) tree.link(`/usr/bin/${name}`, 'busybox');
  for (const folder of ['dev', 'proc', 'sys', 'run', 'tmp', 'root']) tree.folder(`/${folder}`);
  for (const [path, text] of Object.entries(accounts)) tree.text(path, text);
  tree.text('/etc/machine-id', '0123456789abcdef0123456789abcdef\n');
  tree.text('/etc/hostname', 'vm\n');
  addUnits(tree, token);
  addDevices(tree, modules);
}

/** Most of what was unpacked: it would only have to be moved into memory. */
const unneeded = new Set([
  '/boot',
  '/usr/lib/modules',
  '/usr/lib/x86_64-linux-gnu/gconv',
  ...['bash-completion', 'doc', 'locale', 'man', 'zsh'].map((name) => `/usr/share/${name}`),
]);

/** Commands of the devices' script and of tests; busybox looks at the name that it is called by. */
const applets = ['sh', 'cat', 'dd', 'dmesg', 'find', 'insmod', 'ip', 'ls', 'ping', 'sleep', 'tail', 'true'];

/** Unpacked packages bring no users: their maintainer scripts never ran. */
const accounts: Readonly<Record<string, string>> = {
  '/etc/passwd': `root:x:0:0::/root:/bin/sh
messagebus:x:100:100::/nonexistent:/bin/false
nobody:x:65534:65534::/nonexistent:/bin/false
`,
  '/etc/group': `root:x:0:
adm:x:4:
tty:x:5:
disk:x:6:
kmem:x:15:
utmp:x:43:
messagebus:x:100:
systemd-journal:x:101:
nogroup:x:65534:
`,
};

function addUnits(tree: FileTree, token: string): void {
  const folder = '/etc/systemd/system';
  for (const [name, text] of Object.entries(units(token))) tree.text(`${folder}/${name}`, text);
  for (const name of masked) tree.link(`${folder}/${name}`, '/dev/null');
}

function units(token: string): Readonly<Record<string, string>> {
  return {
    'vm.target': `[Unit]
Requires=basic.target
Wants=dbus.service vm-agent.service
After=basic.target dbus.service
AllowIsolate=yes
`,
    'vm-devices.service': `[Unit]
DefaultDependencies=no
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/bin/sh /opt/vm/devices.sh
`,
    // Node takes seconds to start, emulated, so the agent waits for nothing but the network.
    'vm-agent.service': `[Unit]
DefaultDependencies=no
Requires=vm-devices.service
After=vm-devices.service
[Service]
Environment=TOKEN=${token}
ExecStart=/usr/bin/node ${AGENT_PROGRAM} ${AGENT_PORT}
OOMScoreAdjust=-1000
`,
  };
}

/** What waits for devices that no udev announces, needs modules that are not here, or is for disks to keep. */
const masked = [
  'dev-hugepages.mount',
  'getty.target',
  'kmod-static-nodes.service',
  'proc-sys-fs-binfmt_misc.automount',
  'serial-getty@ttyS0.service',
  'sys-fs-fuse-connections.mount',
  'sys-kernel-config.mount',
  'sys-kernel-debug.mount',
  'sys-kernel-tracing.mount',
  'systemd-ask-password-console.path',
  'systemd-ask-password-wall.path',
  'systemd-binfmt.service',
  'systemd-firstboot.service',
  'systemd-initctl.socket',
  'systemd-journal-flush.service',
  'systemd-journald-audit.socket',
  'systemd-machine-id-commit.service',
  'systemd-modules-load.service',
  'systemd-random-seed.service',
  'systemd-remount-fs.service',
  'systemd-repart.service',
  'systemd-sysctl.service',
  'systemd-sysusers.service',
  'systemd-update-utmp.service',
];

/** The drivers of the virtual disk and network card, and a script that loads them and sets the address. */
function addDevices(tree: FileTree, modules: string): void {
  const files = withDependencies(modules, ['virtio_pci', 'virtio_blk', 'virtio_net']);
  for (const file of files) tree.copy(file, `/opt/vm/${basename(file)}`);
  tree.text(
    '/opt/vm/devices.sh',
    `set -e
for module in ${files.map((file) => basename(file)).join(' ')}; do insmod /opt/vm/$module; done
ip address add 10.0.2.15/24 dev eth0
ip link set eth0 up
`,
  );
}

/** Files of kernel modules in the order to load them in; depmod, which knows it too, is not installed. */
function withDependencies(folder: string, names: readonly string[]): readonly string[] {
  const files = new Map<string, string>();
  for (const { name, parentPath } of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (name.endsWith('.ko')) files.set(moduleName(name), join(parentPath, name));
  }
  const ordered = new Set<string>();
  const add = (name: string): void => {
    const file = files.get(name);
    if (file === undefined) throw new Error(`${folder} has no module ${name}`);
    for (const dependency of dependenciesOf(file)) add(dependency);
    ordered.add(file);
  };
  for (const name of names) add(name);
  return [...ordered];
}

/** Its section .modinfo holds strings such as `depends=virtio,virtio_ring`, between zero bytes. */
function dependenciesOf(file: string): readonly string[] {
  const list = /\0depends=([^\0]*)/.exec(readFileSync(file, 'latin1'))?.[1] ?? '';
  return list.split(',').filter(Boolean).map(moduleName);
}

function moduleName(file: string): string {
  return basename(file, '.ko').replaceAll('-', '_');
}
