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

/** A line of a `mountinfo`. */
export interface MountLine extends Mount {
  readonly parent: string;
  /** Number of the device, as in `8:1`. */
  readonly number: string;
  /** Which folder of the file system is mounted. */
  readonly root: string;
}

/** File systems that hold nothing of anybody's, or that another program keeps an account of. */
export const PSEUDO = new Set(
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

/** Every mount of a `mountinfo`, hidden ones and parts of others too, in the order in which they were mounted. */
export function parseEveryMount(text: string): readonly Mount[] {
  return text.split('\n').flatMap(parseMountLine);
}

/** The mount of a line; none for a line of another form. */
export function parseMountLine(line: string): readonly MountLine[] {
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
  return options !== undefined && /(^|,)ro(,|$)/.test(options);
}

/** Spaces, tabs, newlines and backslashes are written as three octal digits. */
function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}

/** The folders that a path leads through, the nearest first, as `/srv` and `/` of `/srv/data`. */
export function foldersAbove(path: string): readonly string[] {
  const folders: string[] = [];
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    folders.push(path.slice(0, end));
  }
  return path.startsWith('/') && path !== '/' ? [...folders, '/'] : folders;
}
