import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { Failure, messageOf } from '../domain/errors.ts';

/** The kernel's log, from its oldest record that is still there; each read gives one record more. */
export interface Kmsg {
  /**
   * The next record, at once.
   *
   * `drained` if there is none yet, `overwritten` if the next ones are gone: the one after is that after the gap.
   * Throws Failure `unreadable` for any other error.
   */
  read(): KmsgRead;
  close(): void;
}

/** A record as text, or why there is none. */
export type KmsgRead = { readonly record: string } | 'drained' | 'overwritten';

/** Records are at most 8 KiB with all that belongs to them (`CONSOLE_EXT_LOG_MAX`, `PRINTK_MESSAGE_MAX`). */
const BUFFER_BYTES = 16_384;

/** The number of the device: major 1, minor 11. Containers often have something else by its name. */
const KMSG_DEVICE = 0x10b;

/**
 * Opens `/dev/kmsg`.
 *
 * Throws Failure `not-found` if there is none, `refused` if it is another device or this user may not read it
 * (CAP_SYSLOG, if `kernel.dmesg_restrict` is 1).
 */
export function openKmsg(path = '/dev/kmsg'): Kmsg {
  const fd = open(path);
  const stats = fstatSync(fd);
  if (!stats.isCharacterDevice() || stats.rdev !== KMSG_DEVICE) {
    closeSync(fd);
    throw new Failure('refused', `${path}: this is not the log of the kernel (a container?)`);
  }
  const buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  return {
    read: () =>
      readRecord(() => buffer.toString('latin1', 0, readSync(fd, buffer, 0, BUFFER_BYTES, null)), path),
    close: () => closeSync(fd),
  };
}

function open(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT')
      throw new Failure('not-found', `${path}: there is none`, { cause: thrown });
    throw new Failure('refused', `${path}: ${messageOf(thrown)}; reading it may need CAP_SYSLOG`, {
      cause: thrown,
    });
  }
}

/** What one read(2) of the device means. */
export function readRecord(read: () => string, path: string): KmsgRead {
  try {
    const record = read();
    return record === '' ? 'drained' : { record };
  } catch (thrown) {
    const code = codeOf(thrown);
    if (code === 'EAGAIN' || code === 'EINTR') return 'drained';
    if (code === 'EPIPE') return 'overwritten';
    throw new Failure('unreadable', `reading ${path}: ${messageOf(thrown)}`, { cause: thrown });
  }
}

function codeOf(thrown: unknown): unknown {
  return thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
}
