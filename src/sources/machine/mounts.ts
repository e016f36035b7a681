/** A mount that can be seen. */
export interface Mount {
  /** What is mounted, as in `/dev/sda1` or `server:/export`. */
  readonly device: string;
  readonly mountpoint: string;
  readonly fstype: string;
  /** Whether the mount is read-only, by its own options or by those of the file system. */
  readonly readOnly: boolean;
  /** Whether the file system is, for all who have mounted it. */
  readonly fileSystemReadOnly: boolean;
}

interface Line extends Mount {
  readonly parent: string;
  /** Number of the device, as in `8:1`. */
  readonly number: string;
  /** Which folder of the file system is mounted. */
  readonly root: string;
}

/** File systems that hold nothing of anybody's, or that another program keeps an account of. */
const PSEUDO = new Set(
  (
    'autofs binder binfmt_misc bpf cgroup cgroup2 configfs cpuset debugfs devpts devtmpfs efivarfs fusectl ' +
    'hugetlbfs iso9660 mqueue nfsd nsfs proc pstore ramfs resctrl rootfs rpc_pipefs securityfs selinuxfs smackfs ' +
    'squashfs erofs sysfs tracefs udf'
  ).split(' '),
);

/** File systems whose answers come from another machine, or from a program that may hang. */
const REMOTE =
  /^(nfs4?|cifs|smb3|smbfs|ncpfs|afs|coda|ceph|9p|virtiofs|lustre|gpfs|beegfs|orangefs|pvfs2|glusterfs|ocfs2|gfs2?|davfs|fuse|fuseblk|fuse\..*)$/;

/** Whether it takes another machine, or a program, to answer for a file system of this type. */
export function isRemote(fstype: string): boolean {
  return REMOTE.test(fstype);
}

/**
 * The mounts of a `mountinfo` that hold files and can be seen, each file system once a folder of it.
 *
 * Left out are pseudo file systems, layers of containers, mounts that others lie over, and parts of a file system
 * that is there anyway (bind mounts); subvolumes of btrfs stay. Format: proc_pid_mountinfo(5).
 */
export function parseMounts(text: string): readonly Mount[] {
  const lines = text.split('\n').flatMap(parseLine);
  const seen = withoutHidden(lines).filter(({ fstype, mountpoint }) => {
    return !PSEUDO.has(fstype) && (fstype !== 'overlay' || mountpoint === '/');
  });
  const whole = new Set(seen.filter(({ root }) => root === '/').map(({ number }) => number));
  const taken = new Set<string>();
  return seen.flatMap(({ parent, number, root, ...mount }) => {
    const place = `${number}${root}`;
    const isPart = root !== '/' && mount.fstype !== 'btrfs' && whole.has(number);
    if (isPart || taken.has(place)) return [];
    taken.add(place);
    return [mount];
  });
}

function parseLine(line: string): readonly Line[] {
  const [before, after] = line.split(' - ');
  const [, parent, number, root, mountpoint, options] = before?.split(' ') ?? [];
  const [fstype, device, superOptions] = after?.split(' ') ?? [];
  if (parent === undefined || number === undefined || root === undefined || mountpoint === undefined)
    return [];
  if (fstype === undefined || device === undefined) return [];
  const fileSystemReadOnly = isReadOnly(superOptions);
  const readOnly = fileSystemReadOnly || isReadOnly(options);
  const texts = { root: unescaped(root), mountpoint: unescaped(mountpoint), device: unescaped(device) };
  return [{ ...texts, fstype, readOnly, fileSystemReadOnly, parent, number }];
}

function isReadOnly(options: string | undefined): boolean {
  return options?.split(',').includes('ro') ?? false;
}

/** Spaces, tabs, newlines and backslashes are written as three octal digits. */
function unescaped(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}

/** Without those over which, or over a folder above which, another one has been mounted since. */
function withoutHidden(lines: readonly Line[]): readonly Line[] {
  const last = new Map(lines.map((line) => [line.mountpoint, line]));
  return lines.filter((line, index) => {
    if (last.get(line.mountpoint) !== line) return false;
    return !lines.some(
      (other, place) =>
        place > index && other.parent === line.parent && isBelow(line.mountpoint, other.mountpoint),
    );
  });
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder === '/' ? '/' : `${folder}/`) && path !== folder;
}
