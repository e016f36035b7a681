import { writeSync } from 'node:fs';

/** One entry of an archive; `path` is relative to its root and without a dot. Everything belongs to root. */
export type CpioEntry =
  | { readonly kind: 'folder'; readonly path: string; readonly mode: number }
  | { readonly kind: 'link'; readonly path: string; readonly target: string }
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly mode: number;
      /** Asked for when it is written, so that one file at a time is in memory. */
      readonly content: () => Uint8Array;
    };

/**
 * Writes an archive that the Linux kernel takes as its root file system.
 *
 * A folder has to come before what is in it. Format: Documentation/driver-api/early-userspace/buffer-format.rst
 * ("newc": a head of hexadecimal numbers, a name, the content, each filled up to four bytes).
 */
export function writeCpio(fd: number, entries: Iterable<CpioEntry>): void {
  let inode = 0;
  for (const entry of entries) {
    inode += 1;
    const content = contentOf(entry);
    writeAll(fd, head(entry.path, inode, modeOf(entry), content.length));
    writeAll(fd, content);
    writeAll(fd, padding(content.length));
  }
  writeAll(fd, head('TRAILER!!!', 0, 0, 0));
}

const FOLDER = 0o040000;
const FILE = 0o100000;
const LINK = 0o120000;

function modeOf(entry: CpioEntry): number {
  if (entry.kind === 'link') return LINK | 0o777;
  return (entry.kind === 'folder' ? FOLDER : FILE) | entry.mode;
}

function contentOf(entry: CpioEntry): Uint8Array {
  if (entry.kind === 'folder') return new Uint8Array();
  return entry.kind === 'link' ? Buffer.from(entry.target) : entry.content();
}

function head(path: string, inode: number, mode: number, size: number): Buffer {
  const name = Buffer.from(`${path}\0`);
  const links = 1;
  const fields = [inode, mode, 0, 0, links, 0, size, 0, 0, 0, 0, name.length, 0];
  const numbers = fields.map((field) => field.toString(16).padStart(8, '0')).join('');
  const text = Buffer.concat([Buffer.from(`070701${numbers}`), name]);
  return Buffer.concat([text, padding(text.length)]);
}

function padding(length: number): Buffer {
  return Buffer.alloc((4 - (length % 4)) % 4);
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}
