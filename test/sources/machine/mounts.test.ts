import { describe, expect, it } from 'vitest';
import { foldersAbove, isRemote } from '../../../src/sources/machine/mounts.ts';

describe('foldersAbove', () => {
  it.each([
    ['/srv/data/x', ['/srv/data', '/srv', '/']],
    ['/srv', ['/']],
    ['/', []],
    ['srv', []],
    ['', []],
  ])('of %j are %j', (path, folders) => {
    expect(foldersAbove(path)).toEqual(folders);
  });
});

describe('isRemote', () => {
  it.each(['nfs', 'nfs4', 'cifs', 'fuse.sshfs', 'fuse', 'fuseblk', 'ceph', '9p'])(
    'is true of %s',
    (fstype) => {
      expect(isRemote(fstype)).toBe(true);
    },
  );
  it.each(['ext4', 'xfs', 'btrfs', 'zfs', 'tmpfs', 'vfat', 'fusectl', 'nfsd'])('is false of %s', (fstype) => {
    expect(isRemote(fstype)).toBe(false);
  });
});
