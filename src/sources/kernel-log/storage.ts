import type { FilesystemErrorEvent, FilesystemName, IoErrorEvent } from '../../domain/kernel-log.ts';

/** Names of block devices, as in `sda1`, `nvme0n1p2`, `dm-3`, `cciss!c0d0`. */
const DEVICE = '([a-z][a-z0-9!_-]{0,30})';

/** Before Linux 5.16 such lines began with the name of a function. What a device does not support is no error. */
const BLOCK = new RegExp(
  '^(?:\\w{1,32}: )?(?:I/O|timeout|protection|kernel resource|device resource|reservation conflict|' +
    `recoverable transport|critical (?:medium|target|nexus|space allocation)) error, dev ${DEVICE}, sector \\d`,
);

const BUFFER = new RegExp(`^Buffer I/O error on dev(?:ice)? ${DEVICE}, logical block \\d`);

const NVME =
  /^nvme (nvme\d{1,4}): (?:I\/O (?:tag )?\d{1,6} .{0,40}?QID \d{1,6} timeout|controller is down; will reset|Removing after probe failure|Disabling device after reset failure)/;

/** The block device whose error a record tells of. */
export function parseIoError(text: string): IoErrorEvent | undefined {
  const device = (BLOCK.exec(text) ?? BUFFER.exec(text) ?? NVME.exec(text))?.[1];
  return device === undefined ? undefined : { kind: 'io-error', device };
}

interface Row {
  readonly filesystem: FilesystemName;
  readonly start: string;
  readonly pattern: RegExp;
}

const ROWS: readonly Row[] = [
  ...(['ext4', 'ext3', 'ext2'] as const).map((filesystem): Row => {
    const start = `${filesystem.toUpperCase()}-fs `;
    const pattern = `^${start}(?:error \\(device ${DEVICE}\\)|\\(${DEVICE}\\): (?:error:|Remounting filesystem read-only))`;
    return { filesystem, start, pattern: new RegExp(pattern) };
  }),
  // The journal is named after its inode, as in `sda1-8`.
  {
    filesystem: 'jbd2',
    start: 'Aborting journal',
    pattern: new RegExp(`^Aborting journal on device ${DEVICE}\\.`),
  },
  {
    filesystem: 'jbd2',
    start: 'JBD2: ',
    pattern: new RegExp(
      '^JBD2: (?:Detected IO errors while flushing file data on|' +
        `Error -?\\d+ detected when updating journal superblock for) ${DEVICE}(?![^.\\s])`,
    ),
  },
  {
    filesystem: 'btrfs',
    start: 'BTRFS',
    pattern: new RegExp(
      `^BTRFS:? (?:error|critical|alert|emergency) \\(device ${DEVICE}(?:: state \\w+)?\\)`,
    ),
  },
  {
    filesystem: 'btrfs',
    start: 'BTRFS',
    pattern: new RegExp(
      `^BTRFS (?:warning|info) \\(device ${DEVICE}(?:: state \\w+)?\\): (?:forced readonly|csum failed|checksum error)`,
    ),
  },
  {
    filesystem: 'xfs',
    start: 'XFS (',
    pattern: new RegExp(
      `^XFS \\(${DEVICE}\\): (?:Corruption |Metadata corruption |Metadata CRC error |Internal error |` +
        'metadata I/O error |[Ll]og I/O [Ee]rror |I/O Error Detected|Filesystem has been shut down|' +
        'writeback error )',
    ),
  },
  {
    filesystem: 'f2fs',
    start: 'F2FS-fs (',
    pattern: new RegExp(
      `^F2FS-fs \\(${DEVICE}\\): (?:Stopped filesystem|inconsistent |[^:]{0,60}\\bcorrupt)`,
    ),
  },
  {
    filesystem: 'fat',
    start: 'FAT-fs (',
    pattern: new RegExp(`^FAT-fs \\(${DEVICE}\\): (?:error, |Filesystem has been set read-only)`),
  },
];

/** The damage, or the end of writing, that a record of a file system tells of. */
export function parseFilesystemError(text: string): FilesystemErrorEvent | undefined {
  for (const { filesystem, start, pattern } of ROWS) {
    if (!text.startsWith(start)) continue;
    const match = pattern.exec(text);
    const device = match?.[1] ?? match?.[2];
    if (device !== undefined)
      return { kind: 'filesystem-error', filesystem, device: partitionOf(filesystem, device) };
  }
  return undefined;
}

function partitionOf(filesystem: FilesystemName, device: string): string {
  return filesystem === 'jbd2' ? device.replace(/-8$/, '') : device;
}
