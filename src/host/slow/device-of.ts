import { realpathSync } from 'node:fs';

/** A member of a class, or a device on a bus, and a file of it. */
const MEMBER = /^(.*\/(?:(class)\/[^/]+|bus\/[^/]+\/devices)\/[^/]+)\/(.+)$/;

/** Files that say what a device is. The kernel has that in memory, and answers while the device itself hangs. */
const IN_MEMORY =
  /(^|\/)(name|type|vendor|device|class|uevent|modalias|runtime_status|(temp|fan|in|curr|power)\d+_label)$/;

/** Numbers of folders change hands as drivers come and go. */
const MAX_AGE_MS = 60_000;

/**
 * Gives a way from a file to the device that has to answer for it, by a name that its other files share; of files
 * that are no device's, the name is their path.
 *
 * A graphics card is found as a card, as a chip with sensors and on its bus, and hangs in all of them at once, so
 * links are followed to the device itself. To follow those of sysfs never waits.
 */
export function createDeviceOf(elapsedMs: () => number): (path: string) => string {
  const known = new Map<string, string>();
  let sinceMs = elapsedMs();
  return (path) => {
    const [, member, isOfClass, file] = MEMBER.exec(path) ?? [];
    if (member === undefined || file === undefined || IN_MEMORY.test(file)) return path;
    if (elapsedMs() - sinceMs >= MAX_AGE_MS) {
      known.clear();
      sinceMs = elapsedMs();
    }
    const before = known.get(member);
    if (before !== undefined) return before;
    const device = (isOfClass && realPath(`${member}/device`)) || realPath(member) || member;
    known.set(member, device);
    return device;
  };
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}
