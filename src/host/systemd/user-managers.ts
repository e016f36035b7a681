import { statSync } from 'node:fs';
import { absentOrThrow, listFolder } from '../files/files.ts';
import { readUserNames } from '../processes/user-names.ts';

/** The service manager of one user, which runs beside the system's. */
export interface UserManager {
  readonly uid: number;
  /** Name of the user, or the number of one that has none here. */
  readonly user: string;
  /** D-Bus address of its own socket, without a bus between; open to the user and to root. */
  readonly address: string;
}

/**
 * The users whose service managers run now, by their runtime folders below `/run/user`.
 *
 * One whose folder may not be looked into is told as well, so that whoever connects learns why it cannot be.
 * Throws Failure `unreadable`. Source: user@.service(5), `$XDG_RUNTIME_DIR/systemd/private`.
 */
export async function findUserManagers(
  runtime = '/run/user',
  passwd = '/etc/passwd',
): Promise<readonly UserManager[]> {
  const uids = (await listFolder(runtime)).filter((name) => /^\d+$/.test(name)).map(Number);
  const running = uids.filter((uid) => mayRun(socketOf(runtime, uid)));
  if (running.length === 0) return [];
  const names = await readUserNames(passwd);
  return running.map((uid) => ({
    uid,
    user: names.get(uid) ?? String(uid),
    address: `unix:path=${socketOf(runtime, uid)}`,
  }));
}

function socketOf(runtime: string, uid: number): string {
  return `${runtime}/${uid}/systemd/private`;
}

function mayRun(socket: string): boolean {
  try {
    return statSync(socket, { throwIfNoEntry: false }) !== undefined;
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'EACCES') return true;
    return absentOrThrow(thrown, socket) !== undefined;
  }
}
