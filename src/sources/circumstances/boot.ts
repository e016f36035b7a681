import { Failure } from '../../domain/errors.ts';
import { readKernelFile } from '../../host/files/files.ts';
import { systemUptimeSeconds } from '../../host/system-uptime.ts';

/**
 * Seconds since the machine has started, those asleep included.
 *
 * Source: `/proc/uptime` (`procfs` says where it is mounted); where there is no procfs, the system's own call. Throws
 * Failure `unreadable`.
 */
export function readSecondsSinceBoot(procfs: string): number {
  const path = `${procfs}/uptime`;
  const text = readKernelFile(path);
  if (text === undefined) return systemUptimeSeconds();
  const seconds = parseUptime(text);
  if (seconds === undefined)
    throw new Failure('unreadable', `reading ${path}: it does not begin with seconds`);
  return seconds;
}

/** The first number of `/proc/uptime`, as in `350735.47 234388.90`. */
export function parseUptime(text: string): number | undefined {
  const seconds = /^(\d{1,12}(?:\.\d{1,9})?)\s/.exec(text)?.[1];
  return seconds === undefined ? undefined : Number(seconds);
}
