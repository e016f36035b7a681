import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findProgram } from './programs.ts';

/** The checkout that this file belongs to. */
export const repository = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

/** What to unpack and where; see unpack.sh. */
export interface Unpacking {
  /** Folder name below the project's `.cache`. */
  readonly name: string;
  readonly scope: 'only' | 'missing' | 'whole';
  readonly packages: readonly string[];
  /** Said on stderr before a download, which can take a minute. */
  readonly purpose: string;
}

/** Whether this host has Debian's apt and dpkg, root or not. */
export function canUnpack(): boolean {
  return ['apt-get', 'dpkg-deb', 'flock', 'tar'].every((name) => findProgram(name) !== undefined);
}

/**
 * The absolute path of a folder with the files of these Debian packages, downloaded on first use.
 *
 * Nothing is installed. Throws with apt's last lines when the download fails.
 */
export async function unpackPackages({ name, scope, packages, purpose }: Unpacking): Promise<string> {
  const target = `${repository}/.cache/${name}`;
  if (existsSync(target)) return target;
  if (!canUnpack()) {
    throw new Error(
      `${purpose}: this host has no apt-get to download ${packages.join(', ')}; install them yourself`,
    );
  }
  console.error(
    `${purpose}: downloading Debian's ${packages.filter((p) => !/^[+-]/.test(p)).join(', ')} into ${target}`,
  );
  const script = fileURLToPath(new URL('unpack.sh', import.meta.url));
  const child = spawn('bash', [script, target, scope, ...packages], { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  if (code !== 0) throw new Error(`${purpose}: unpacking into ${target} failed: ${complaint.trim()}`);
  return target;
}
