import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CpioEntry } from './vm-cpio.ts';

/** A root file system in the making; every path is absolute and seen from inside. The last word counts. */
export interface FileTree {
  /** A file with this text. */
  text(path: string, text: string): void;
  link(path: string, target: string): void;
  /** An empty folder. */
  folder(path: string): void;
  /** A file or folder of this host, links as links. `skips` is asked for paths inside the copy. */
  copy(from: string, path: string, skips?: (path: string) => boolean): void;
  has(path: string): boolean;
  /** All of it, folders before what is in them. */
  entries(): readonly CpioEntry[];
}

/** An empty root file system. */
export function createFileTree(): FileTree {
  const known = new Map<string, CpioEntry>();

  function put(entry: CpioEntry): void {
    const parent = dirname(entry.path);
    if (parent !== '.' && !known.has(parent)) put({ kind: 'folder', path: parent, mode: 0o755 });
    known.set(entry.path, entry);
  }

  function copy(from: string, path: string, skips: (path: string) => boolean): void {
    const relative = path.slice(1);
    const stat = lstatSync(from);
    const mode = stat.mode & 0o7777;
    if (stat.isSymbolicLink()) put({ kind: 'link', path: relative, target: readlinkSync(from) });
    if (stat.isFile()) put({ kind: 'file', path: relative, mode, content: () => readFileSync(from) });
    if (!stat.isDirectory()) return;
    if (relative !== '') put({ kind: 'folder', path: relative, mode });
    for (const name of readdirSync(from)) {
      const inside = join(path, name);
      if (!skips(inside)) copy(join(from, name), inside, skips);
    }
  }

  return {
    text(path, text) {
      put({ kind: 'file', path: path.slice(1), mode: 0o644, content: () => Buffer.from(text) });
    },
    link(path, target) {
      put({ kind: 'link', path: path.slice(1), target });
    },
    folder(path) {
      put({ kind: 'folder', path: path.slice(1), mode: 0o755 });
    },
    copy: (from, path, skips = () => false) => copy(from, path, skips),
    has: (path) => known.has(path.slice(1)),
    entries: () => [...known.values()].sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
}
