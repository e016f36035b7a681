import type { Limits, LimitValues } from '../domain/throttle.ts';

/** The values of systemd's properties for limits; those that are undefined are left out. */
export function limitValuesOf({ cpuQuota, memoryHigh, cpuWeight, ioWeight }: Limits): LimitValues {
  return {
    // Microseconds of processor time a second.
    ...(cpuQuota === undefined ? {} : { CPUQuotaPerSecUSec: whole(cpuQuota * 1e6) }),
    ...(memoryHigh === undefined ? {} : { MemoryHigh: whole(memoryHigh) }),
    ...(cpuWeight === undefined ? {} : { CPUWeight: whole(cpuWeight) }),
    ...(ioWeight === undefined ? {} : { IOWeight: whole(ioWeight) }),
  };
}

function whole(value: number): string {
  return String(BigInt(Math.round(value)));
}
