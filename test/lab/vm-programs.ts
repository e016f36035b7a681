import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import { builtFettle } from './built.ts';
import { repository } from './unpack.ts';
import { AGENT_PROGRAM } from './vm-system.ts';
import type { FileTree } from './vm-tree.ts';

/** fettle's program, inside a VM. */
export const FETTLE_PROGRAM = '/opt/fettle/dist/main.js';

/** Node as it runs here, the agent, and fettle as users run it. */
export function addPrograms(tree: FileTree): void {
  addNode(tree);
  tree.text(AGENT_PROGRAM, translated('vm-agent.ts'));
  const fettle = dirname(dirname(FETTLE_PROGRAM));
  tree.copy(dirname(builtFettle()), `${fettle}/dist`);
  tree.copy(join(repository, 'package.json'), `${fettle}/package.json`);
  for (const folder of productionPackages()) tree.copy(join(repository, folder), `${fettle}/${folder}`);
}

/** With the libraries that it needs and the system lacks. */
function addNode(tree: FileTree): void {
  tree.copy(process.execPath, '/usr/bin/node');
  // ld.so(8): it lists the libraries instead of running the program.
  const env = { LD_TRACE_LOADED_OBJECTS: '1' };
  const listing = execFileSync(process.execPath, { encoding: 'utf8', env });
  for (const [, library = ''] of listing.matchAll(/(\/\S+) \(0x/g)) {
    const path = library.replace(/^\/lib/, '/usr/lib');
    if (!tree.has(path)) tree.copy(realpathSync(library), path);
  }
}

/** JavaScript of a file of ours, which Node 20 would not take as it is. */
function translated(name: string): string {
  const source = readFileSync(fileURLToPath(new URL(name, import.meta.url)), 'utf8');
  return transformSync(source, { loader: 'ts', format: 'esm', target: 'node20' }).code;
}

interface Lockfile {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
}

/** Folders of what `npm install --omit=dev` would install, outermost ones only. */
function productionPackages(): readonly string[] {
  const lockfile: Lockfile = JSON.parse(readFileSync(join(repository, 'package-lock.json'), 'utf8'));
  return Object.entries(lockfile.packages)
    .filter(([folder, { dev }]) => /^node_modules\/(@[^/]+\/)?[^/]+$/.test(folder) && dev !== true)
    .map(([folder]) => folder)
    .filter((folder) => existsSync(join(repository, folder)));
}
