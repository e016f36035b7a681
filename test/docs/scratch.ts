import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { builtFettle } from '../lab/built.ts';
import { findTools } from '../lab/tools.ts';
import { repository } from '../lab/unpack.ts';

/** Parts of the checkout that commands of the documentation name, and may write to in their copies. */
const COPIED = ['alerts', 'dashboards', 'deploy', 'docs'];

/** Fills a folder with what a checkout has for people who follow the documentation, the built program included. */
export function fillScratch(folder: string): void {
  builtFettle();
  for (const name of COPIED) cpSync(join(repository, name), join(folder, name), { recursive: true });
  symlinkSync(join(repository, 'dist'), join(folder, 'dist'));
}

/** Puts the programs that the documentation calls by their names into a folder of PATH. */
export async function addPrograms(folder: string): Promise<void> {
  const { promtool, amtool } = await findTools();
  const programs = {
    fettle: `${process.execPath} ${builtFettle()}`,
    promtool,
    amtool,
  };
  mkdirSync(folder, { recursive: true });
  for (const [name, command] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 });
  }
}
