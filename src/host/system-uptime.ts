import { uptime } from 'node:os';

/** Seconds since the machine's start, by the system's own call; for where there is no procfs. */
export function systemUptimeSeconds(): number {
  return uptime();
}
