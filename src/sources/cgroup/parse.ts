/** CPU time of a cgroup in seconds; what its file does not say is undefined. */
export interface CpuTimes {
  readonly user: number | undefined;
  readonly system: number | undefined;
}

/** A number as the kernel writes it alone in a file; `max` and anything else is undefined. */
export function parseCount(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d+\n?$/.test(text)) return undefined;
  return Number(text);
}

/** The times of cgroup v2's `cpu.stat`: lines such as `user_usec 1396`, in microseconds there. */
export function parseCpuStat(text: string | undefined): CpuTimes {
  return { user: usec(text, 'user_usec'), system: usec(text, 'system_usec') };
}

/** The times of cgroup v1's `cpuacct.usage_user` and `cpuacct.usage_sys`, in nanoseconds there. */
export function parseCpuacct(user: string | undefined, system: string | undefined): CpuTimes {
  const seconds = (text: string | undefined) => {
    const nanoseconds = parseCount(text);
    return nanoseconds === undefined ? undefined : nanoseconds / 1e9;
  };
  return { user: seconds(user), system: seconds(system) };
}

function usec(text: string | undefined, key: string): number | undefined {
  const value = text?.match(new RegExp(`^${key} (\\d+)$`, 'm'))?.[1];
  return value === undefined ? undefined : Number(value) / 1e6;
}
