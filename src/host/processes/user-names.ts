import { readTextFile } from '../files/files.ts';

/** Names of users by number. Source: passwd(5). Throws Failure `unreadable`. */
export async function readUserNames(passwd = '/etc/passwd'): Promise<ReadonlyMap<number, string>> {
  const lines = ((await readTextFile(passwd)) ?? '').split('\n').map((line) => line.split(':'));
  return new Map(
    lines.flatMap(([name, , uid]) => (name && /^\d+$/.test(uid ?? '') ? [[Number(uid), name]] : [])),
  );
}
