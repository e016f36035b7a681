import { createGate } from '../../domain/gate.ts';
import type { FileSystemBytes, FileSystemReading } from '../../domain/machine.ts';
import { yieldTurn } from '../../host/clock.ts';
import { isUnanswered, type Outcome, UNASKED } from '../../host/slow/outcome.ts';
import type { FileSystemSizes, SlowFiles } from '../../host/slow/slow-files.ts';
import { foldersAbove, isRemote, type Mount } from './mounts.ts';
import { inTurns, parseMounts } from './visible-mounts.ts';

/** What the reader needs. */
export interface FileSystemOptions {
  /** Where procfs is mounted. */
  readonly procfs: string;
  /** Whether file systems of other machines, and those that a program serves, are asked at all. */
  readonly remote: boolean;
  readonly wantsMountpoint: (mountpoint: string) => boolean;
}

/** What was mounted the last time that this could be read, and below which folder it is. */
interface KnownMounts {
  readonly root: string;
  readonly text: string;
  readonly mounts: readonly Mount[];
  /** Those of the mounts that another machine, or a program, answers for, or for the way to them. */
  readonly remote: ReadonlySet<Mount>;
}

/** To ask one is begun when this many others have not answered: a thousand begun at once would hold others up. */
const AT_ONCE = 8;

/**
 * Gives a reader of the file systems that are mounted.
 *
 * They are those that PID 1 sees, wherever fettle may look there (root may): a service manager may have given
 * fettle mounts of its own. One that does not answer has no sizes, and is not asked again before it has.
 */
export function createFileSystemReader(
  options: FileSystemOptions,
): (files: SlowFiles) => Promise<readonly FileSystemReading[]> {
  const { procfs, remote, wantsMountpoint } = options;
  let known: KnownMounts = { root: '', text: '', mounts: [], remote: new Set() };

  const isWanted = ({ fstype, mountpoint }: Mount) =>
    (remote || !isRemote(fstype)) && wantsMountpoint(mountpoint);

  async function readOne(
    mount: Mount,
    { root, remote: isFar }: KnownMounts,
    files: SlowFiles,
  ): Promise<readonly FileSystemReading[]> {
    const { device, mountpoint, fstype } = mount;
    const ask = isFar.has(mount) ? files.remoteSizes : files.sizes;
    const outcome = await ask(`${root}${mountpoint}`);
    if ('value' in outcome && outcome.value.blocks === 0) return []; // it holds nothing: one more pseudo one
    // Read-only for fettle alone says nothing about the file system.
    const readOnly = root === '' ? mount.fileSystemReadOnly : mount.readOnly;
    const reading = { device, mountpoint, fstype, readOnly, sizes: bytesOf(outcome) };
    return ['error' in outcome && outcome.error === UNASKED ? { ...reading, unasked: true } : reading];
  }

  /** Everybody may read what PID 1 has mounted, and only some may look there. */
  async function readMounts(files: SlowFiles): Promise<void> {
    const root = `${procfs}/1/root`;
    const look = await files.sizes(root);
    const mayLook = 'value' in look || (isUnanswered(look) && known.root === root);
    const mountinfo = await files.readLocal(`${procfs}/${mayLook ? '1' : 'self'}/mountinfo`);
    if (isUnanswered(mountinfo)) return; // as it was
    const text = 'value' in mountinfo ? mountinfo.value : '';
    const mounted = text === known.text ? known : { text, ...(await parse(text)) };
    known = { ...mounted, root: mayLook ? root : '' };
  }

  return async (files) => {
    await readMounts(files);
    const readings: FileSystemReading[] = [];
    // Another scrape may find others meanwhile.
    const found = known;
    const { mounts } = found;
    const inTurn = createGate(AT_ONCE);
    for (let begin = 0; begin < mounts.length; begin += MOUNTS_PER_TURN) {
      if (begin > 0) await yieldTurn();
      const own = mounts.slice(begin, begin + MOUNTS_PER_TURN).filter(isWanted);
      const read = await Promise.all(own.map((mount) => inTurn(() => readOne(mount, found, files))));
      readings.push(...read.flat());
    }
    return readings;
  };
}

/** To begin to ask so many takes some milliseconds, and others have their turn in between. */
const MOUNTS_PER_TURN = 200;

async function parse(text: string): Promise<Pick<KnownMounts, 'mounts' | 'remote'>> {
  const mounts = await parseMounts(text, yieldTurn);
  return { mounts, remote: await remoteOf(mounts) };
}

/** The way to what is mounted below a file system of another machine leads through that. */
async function remoteOf(mounts: readonly Mount[]): Promise<ReadonlySet<Mount>> {
  const remote = new Set(mounts.filter(({ fstype }) => isRemote(fstype)));
  const folders = new Set([...remote].map(({ mountpoint }) => mountpoint));
  if (folders.size === 0) return remote;
  await inTurns(mounts, yieldTurn, (one) => {
    if (foldersAbove(one.mountpoint).some((folder) => folders.has(folder))) remote.add(one);
  });
  return remote;
}

function bytesOf(outcome: Outcome<FileSystemSizes>): FileSystemBytes | undefined {
  if ('error' in outcome) return undefined;
  const { blockBytes, blocks, freeBlocks, availableBlocks, inodes, freeInodes } = outcome.value;
  return {
    sizeBytes: blocks * blockBytes,
    freeBytes: freeBlocks * blockBytes,
    availableBytes: availableBlocks * blockBytes,
    ...(inodes === 0 ? { inodes: undefined, freeInodes: undefined } : { inodes, freeInodes }),
  };
}
