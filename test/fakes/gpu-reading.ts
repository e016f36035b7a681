import type { GpuReading } from '../../src/domain/gpu.ts';

/** A GPU that says nothing but what a test gives. */
export function gpuReading(given: Partial<GpuReading> = {}): GpuReading {
  return {
    gpu: '0',
    uuid: 'GPU-a',
    vendor: 'nvidia',
    pciBusId: '0000:01:00.0',
    info: {
      name: 'NVIDIA GeForce RTX 4090',
      driverVersion: '570.86',
      cudaVersion: '12.8',
      vbiosVersion: '95.02',
      persistenceMode: 'Enabled',
      computeMode: 'Default',
    },
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
    ...given,
  };
}
