import { fail, ok, type Verdict, warn } from '../../domain/finding.ts';
import { isCgroup2, isFolder, readKernelFile } from '../../host/files/files.ts';

/** How cgroups are mounted. */
export interface CgroupMounts {
  /** Undefined if they are not mounted. */
  readonly version: 'v1' | 'v2' | 'hybrid' | undefined;
  /** What the kernel accounts for in v2, as in `cpu io memory pids`; undefined in v1. */
  readonly controllers: readonly string[] | undefined;
  /** Whether the units of systemd can be seen; undefined if systemd does not say where they should be. */
  readonly seesUnits: boolean | undefined;
}

/** Looks at cgroups below a folder; `controlGroup` is where systemd says that its units are. */
export function readCgroupMounts(root: string, controlGroup: string | undefined): CgroupMounts {
  const version = versionAt(root);
  const tree = version === 'v2' ? root : `${root}/systemd`;
  const controllers =
    version === 'v2' ? (readKernelFile(`${root}/cgroup.controllers`) ?? '').trim().split(' ') : undefined;
  const isKnown = version !== undefined && controlGroup !== undefined;
  return {
    version,
    controllers,
    seesUnits: isKnown ? isFolder(`${tree}${controlGroup}/system.slice`) : undefined,
  };
}

function versionAt(root: string): CgroupMounts['version'] {
  if (isCgroup2(root)) return 'v2';
  if (isCgroup2(`${root}/unified`)) return 'hybrid';
  return isFolder(`${root}/memory`) || isFolder(`${root}/systemd`) ? 'v1' : undefined;
}

/** What fettle reads of units in v2. */
const WANTED = ['cpu', 'memory', 'pids'];

/** Whether the use of units can be read. */
export function cgroupVerdict({ version, controllers, seesUnits }: CgroupMounts): Verdict {
  if (version === undefined) {
    return fail(
      'no cgroups are mounted at /sys/fs/cgroup',
      'Mount them (in a container: those of the host); else CPU and memory of units are not known',
    );
  }
  if (seesUnits === false) {
    return fail(
      `cgroups ${version}, and those of the units of systemd are not among them`,
      'Mount /sys/fs/cgroup of the host, and run the container with its cgroup namespace (--cgroupns=host)',
    );
  }
  const missing = WANTED.filter((name) => controllers?.includes(name) === false);
  if (missing.length > 0) {
    return warn(
      `cgroups ${version} without ${missing.join(', ')}`,
      'Take cgroup_disable off the command line of the kernel; on a Raspberry Pi add cgroup_enable=memory',
    );
  }
  return ok(`cgroups ${version} can be read`);
}
