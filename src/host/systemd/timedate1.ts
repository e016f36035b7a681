import type { Bus } from '../bus.ts';

const NAME = 'org.freedesktop.timedate1';

/**
 * Whether the kernel says that the clock is synchronised, whoever does that. Starts systemd-timedated if need be.
 *
 * Throws BusFault where there is no such service. Source: org.freedesktop.timedate1(5).
 */
export async function isClockSynchronised(bus: Bus, signal?: AbortSignal): Promise<boolean> {
  const call = { destination: NAME, path: '/org/freedesktop/timedate1', member: 'Get', signature: 'ss' };
  const body = [NAME, 'NTPSynchronized'];
  const [value] = await bus.call({ ...call, interface: 'org.freedesktop.DBus.Properties', body }, signal);
  return value === true;
}
