import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Failure, messageOf } from '../domain/errors.ts';
import type { Moment } from '../domain/moment.ts';

/** The kernel's name for this start of the machine; another one after each boot. */
const BOOT_ID = '/proc/sys/kernel/random/boot_id';

/** Its first number is `CLOCK_BOOTTIME`: seconds since the start, those asleep included, in hundredths. */
const UPTIME = '/proc/uptime';

/**
 * Gives what tells the time by both clocks.
 *
 * On Linux two moments of one start of the machine are told as such, whichever fettle took them. A container whose
 * `/proc/uptime` is its own (LXC) begins anew with each start of the container under the same boot id; waits then grow
 * by the time that the container was away.
 *
 * Elsewhere (macOS) no file tells which start of the machine this is, so what is named is the start of this process. By
 * its clock no jump of the wall clock makes a wait shorter while fettle runs; but from one fettle to the next only the
 * wall clock is left, as it is after a boot, and a clock that was set forward meanwhile does make a wait shorter. That
 * clock may also stand still while the machine is asleep, which makes waits longer.
 *
 * The moment throws Failure `unreadable` where the kernel's files cannot be read.
 */
export function createMoment(platform: NodeJS.Platform = process.platform): () => Moment {
  if (platform === 'linux') {
    const boot = readProc(BOOT_ID).trim();
    return () => ({ wall: new Date(), boot, upSeconds: Number.parseFloat(readProc(UPTIME)) });
  }
  const boot = `process-${randomUUID()}`;
  return () => ({ wall: new Date(), boot, upSeconds: Number(process.hrtime.bigint()) / 1e9 });
}

function readProc(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (thrown) {
    throw new Failure('unreadable', `reading ${path}: ${messageOf(thrown)}`, { cause: thrown });
  }
}
