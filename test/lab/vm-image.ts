import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeCpio } from './vm-cpio.ts';
import type { VmParts } from './vm-parts.ts';
import { addPrograms } from './vm-programs.ts';
import { addSystem } from './vm-system.ts';
import { createFileTree } from './vm-tree.ts';

/**
 * An open file with the root file system of a VM (150 MB), for the caller to close.
 *
 * It has no name any more, so that nothing is left of it, however its users end.
 */
export function openImage(parts: VmParts, token: string): number {
  const tree = createFileTree();
  addSystem(tree, parts, token);
  addPrograms(tree);
  const fd = openNameless();
  writeCpio(fd, tree.entries());
  return fd;
}

function openNameless(): number {
  const folder = mkdtempSync(join(tmpdir(), 'fettle-vm-'));
  try {
    return openSync(join(folder, 'image'), 'wx+', 0o600);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
