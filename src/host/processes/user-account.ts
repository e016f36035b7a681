import { Failure } from '../../domain/errors.ts';
import { readTextFile } from '../files/files.ts';

/** Whom a program can run as. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/** The account of a user. Source: passwd(5). Throws Failure `not-found` if there is none, or `unreadable`. */
export async function readAccount(name: string, passwd = '/etc/passwd'): Promise<Account> {
  const lines = ((await readTextFile(passwd)) ?? '').split('\n').map((line) => line.split(':'));
  const [, , uid = '', gid = '', , home = ''] = lines.find(([own]) => own === name) ?? [];
  if (/^\d+$/.test(uid) && /^\d+$/.test(gid)) return { name, uid: Number(uid), gid: Number(gid), home };
  throw new Failure('not-found', `there is no user ${JSON.stringify(name)} in ${passwd}`);
}
