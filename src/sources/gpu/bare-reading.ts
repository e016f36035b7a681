import type { GpuIdentity, GpuReading } from '../../domain/gpu.ts';

/** A reading of a GPU of which nothing is known but which one it is. */
export function bareReading(identity: GpuIdentity, name = ''): GpuReading {
  const unknown = {
    driverVersion: '',
    cudaVersion: '',
    vbiosVersion: '',
    persistenceMode: '',
    computeMode: '',
  };
  return {
    ...identity,
    info: { name, ...unknown },
    utilization: {},
    memory: {},
    temperatures: {},
    thresholds: {},
    temperatureMargin: undefined,
    powerWatts: undefined,
    powerLimits: {},
    clocks: {},
    maxClocks: {},
    fanRatio: undefined,
    performanceState: undefined,
    throttle: {},
    throttleSeconds: {},
    pcie: {},
    eccVolatile: [],
    eccAggregate: [],
    retiredPages: {},
    remappedRows: {},
    remapPending: undefined,
    remapFailure: undefined,
    recoveryAction: undefined,
    mig: [],
    processes: undefined,
  };
}
