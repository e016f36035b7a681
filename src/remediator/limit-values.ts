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

/** Whether what was set is what is there; whatever else is there does not matter. */
export function sameLimits(wanted: LimitValues, found: LimitValues): boolean {
  const there = new Map(Object.entries(found));
  return Object.entries(wanted).every(([name, value]) => there.get(name) === value);
}

/** Values for people, as in `CPUQuotaPerSecUSec=500000`. */
export function limitWords(values: LimitValues): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ');
}

function whole(value: number): string {
  return String(BigInt(Math.round(value)));
}
