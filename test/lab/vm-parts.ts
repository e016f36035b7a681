import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram } from './programs.ts';
import { canUnpack, unpackPackages } from './unpack.ts';

/** What a VM is made of; absolute paths. */
export interface VmParts {
  /** How qemu is started: its first arguments. */
  readonly qemu: readonly string[];
  /** A root file system with Debian's systemd and dbus, unpacked and never configured. */
  readonly system: string;
  readonly kernel: string;
  /** The folder of the kernel's modules. */
  readonly modules: string;
}

/** One sentence why no VM can boot here, or undefined where one can. Cheap: downloads and starts nothing. */
export function vmMissing(): string | undefined {
  if (process.platform !== 'linux') return 'the VM dies with the test by way of setpriv, which needs Linux';
  if (process.arch !== 'x64')
    return `the VM runs this host's Node on an emulated x86-64, and this is ${process.arch}`;
  if (findProgram('setpriv') === undefined) return 'the VM is started with setpriv (Debian: util-linux)';
  if (!isDebian() || !canUnpack())
    return 'the VM boots the kernel and systemd of the Debian that it runs on, fetched with apt-get';
  return undefined;
}

/**
 * The parts of a VM: qemu from PATH or unpacked, and Debian's kernel and systemd, unpacked below `.cache` on
 * first use (75 MB to download). Nothing is installed.
 */
export async function vmParts(): Promise<VmParts> {
  const system = await unpackPackages({
    name: 'vm-system',
    scope: 'whole',
    packages: ['systemd', 'dbus', 'busybox-static', 'linux-image-cloud-amd64', ...withoutMaintenance],
    purpose: 'A VM boots a kernel and a systemd of its own',
  });
  const modules = `${system}/usr/lib/modules`;
  const [version] = readdirSync(modules);
  if (version === undefined) throw new Error(`${modules} is empty; remove ${system} and try again`);
  return {
    qemu: await qemu(),
    system,
    kernel: `${system}/boot/vmlinuz-${version}`,
    modules: join(modules, version),
  };
}

/** Only maintainer scripts need these, and they never run; they would bring Perl with them. */
const withoutMaintenance = [
  '-adduser',
  '-coreutils',
  '-init-system-helpers',
  '-initramfs-tools',
  '-kmod',
  '-linux-base',
];

/** Remote screens, sound, smart cards and network boot, with all their libraries. */
const withoutDevices = ['-adduser', '-ipxe-qemu', '-libasound2', '-libcacard0', '-libspice-server1'];

async function qemu(): Promise<readonly string[]> {
  const name = 'qemu-system-x86_64';
  const installed = findProgram(name);
  if (installed !== undefined) return [installed];
  const root = await unpackPackages({
    name: 'vm-qemu',
    scope: 'whole',
    packages: ['qemu-system-x86', ...withoutDevices],
    purpose: `${name} is not on PATH`,
  });
  const libraries = `${root}/usr/lib/x86_64-linux-gnu`;
  return [
    // With the loader and the libraries that it was unpacked with, it does not depend on this host's.
    ...['env', `QEMU_MODULE_DIR=${libraries}/qemu`],
    ...[`${libraries}/ld-linux-x86-64.so.2`, '--library-path', libraries, `${root}/usr/bin/${name}`],
    ...['-L', `${root}/usr/share/qemu`, '-L', `${root}/usr/share/seabios`],
  ];
}

function isDebian(): boolean {
  const file = '/etc/os-release';
  return existsSync(file) && /^ID=debian$/m.test(readFileSync(file, 'utf8'));
}
