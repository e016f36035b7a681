import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './unpack.ts';

const BUILD = 'build.config.ts';

/** The program as users run it; built anew if the source is newer. */
export function builtFettle(): string {
  const program = join(repository, 'dist/main.js');
  if (modified(program) < Math.max(newest(join(repository, 'src')), modified(join(repository, BUILD)))) {
    execFileSync(process.execPath, ['--import', 'tsx', BUILD], {
      cwd: repository,
      stdio: 'inherit',
    });
  }
  return program;
}

function newest(folder: string): number {
  return Math.max(
    ...readdirSync(folder, { withFileTypes: true, recursive: true })
      .filter((entry) => entry.isFile())
      .map((entry) => modified(join(entry.parentPath, entry.name))),
  );
}

function modified(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
