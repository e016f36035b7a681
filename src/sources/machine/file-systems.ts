import type { FileSystemBytes, FileSystemReading } from '../../domain/machine.ts';
import { createGate } from '../../host/gate.ts';
import {
  createSlowFiles,
  type FileSystemSizes,
  type Outcome,
  type Places,
  type SlowFiles,
} from '../../host/slow-files.ts';
import { isRemote, type Mount, parseMounts } from './mounts.ts';

/** What the reader needs. */
export interface FileSystemOptions {
  /** Where procfs is mounted. */
  readonly procfs: string;
  readonly files: SlowFiles;
  /** Ways to file systems of other machines, which may hang for hours. */
  readonly remoteFiles: SlowFiles;
  /** Whether file systems of other machines, and those that a program serves, are asked at all. */
  readonly remote: boolean;
  readonly wantsMountpoint: (mountpoint: string) => boolean;
}

/**
 * Ways to file systems of other machines that leave a place to others: one of them is asked at a time.
 *
 * So two servers that are gone do not keep sensors and local disks from being read.
 */
export function createRemoteFiles(places: Places, limitMs?: number): SlowFiles {
  const oneAtATime = createGate(1);
  return createSlowFiles((work) => oneAtATime(() => places(work)), limitMs);
}

/**
 * Gives a reader of the file systems that are mounted.
 *
 * They are those that PID 1 sees, wherever fettle may look there (root may): a service manager may have given
 * fettle mounts of its own. One that does not answer has no sizes, and is not asked again before it has.
 */
export function createFileSystemReader(
  options: FileSystemOptions,
): () => Promise<readonly FileSystemReading[]> {
  const { procfs, files, remoteFiles, remote, wantsMountpoint } = options;
  let known: KnownMounts = { root: '', text: '', mounts: [] };

  async function readOne(mount: Mount, root: string): Promise<readonly FileSystemReading[]> {
    const { device, mountpoint, fstype } = mount;
    const ask = isRemote(fstype) ? remoteFiles.sizes : files.sizes;
    const outcome = await ask(`${root}${mountpoint}`);
    if ('value' in outcome && outcome.value.blocks === 0) return []; // it holds nothing: one more pseudo one
    // Read-only for fettle alone says nothing about the file system.
    const readOnly = root === '' ? mount.fileSystemReadOnly : mount.readOnly;
    return [{ device, mountpoint, fstype, readOnly, sizes: bytesOf(outcome) }];
  }

  /** Everybody may read what PID 1 has mounted, and only some may look there. */
  async function readMounts(): Promise<void> {
    const root = `${procfs}/1/root`;
    const look = await files.sizes(root);
    const mayLook = 'value' in look || (look.error === 'timeout' && known.root === root);
    const mountinfo = await files.readText(`${procfs}/${mayLook ? '1' : 'self'}/mountinfo`);
    if ('error' in mountinfo && mountinfo.error === 'timeout') return; // as it was
    const text = 'value' in mountinfo ? mountinfo.value : '';
    if (text !== known.text) known = { root: '', text, mounts: parseMounts(text) };
    known = { ...known, root: mayLook ? root : '' };
  }

  return async () => {
    await readMounts();
    const { root } = known;
    const mounts = known.mounts.filter(
      ({ fstype, mountpoint }) => (remote || !isRemote(fstype)) && wantsMountpoint(mountpoint),
    );
    return (await Promise.all(mounts.map((mount) => readOne(mount, root)))).flat();
  };
}

/** What was mounted the last time that this could be read, and below which folder it is. */
interface KnownMounts {
  readonly root: string;
  readonly text: string;
  readonly mounts: readonly Mount[];
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
