import type { GpuUser } from '../../app/gpu-users.ts';
import type { SeenGpu } from '../../app/seen-gpus.ts';
import { type MigReading, THROTTLE_REASONS } from '../../domain/gpu.ts';
import type { XidCount } from '../../domain/kernel-log.ts';
import { plainText } from '../plain-text.ts';
import { eccErrors } from './notes.ts';

/** The GPUs as one line of JSON: an array of objects, base units, what is not known left out. */
export function gpusJson(gpus: readonly SeenGpu[]): string {
  // JSON leaves some control characters as they are; they occur in strings only, where their escape means the same.
  return plainText(JSON.stringify(gpus.map(gpuObject)));
}

/** The keys are a public contract, and listed in the help. */
function gpuObject({ reading, state, driver, users, xids }: SeenGpu) {
  const { info, temperatures, thresholds, throttle } = reading;
  return {
    gpu: reading.gpu || undefined,
    vendor: reading.vendor,
    name: info.name || undefined,
    uuid: reading.uuid || undefined,
    pciBusId: reading.pciBusId || undefined,
    state,
    kernelDriver: driver || undefined,
    driverVersion: info.driverVersion || undefined,
    temperatureCelsius: temperatures.gpu,
    junctionCelsius: temperatures.junction,
    memoryCelsius: temperatures.memory,
    slowdownCelsius: thresholds.slowdown,
    shutdownCelsius: thresholds.shutdown,
    marginCelsius: reading.temperatureMargin,
    utilizationRatio: reading.utilization.gpu,
    powerWatts: reading.powerWatts,
    powerLimitWatts: reading.powerLimits.enforced,
    memoryUsedBytes: reading.memory.used,
    memoryTotalBytes: reading.memory.total,
    fanRatio: reading.fanRatio,
    performanceState: reading.performanceState,
    graphicsClockHertz: reading.clocks.graphics,
    memoryClockHertz: reading.clocks.memory,
    throttleReasons: isEmpty(throttle) ? undefined : THROTTLE_REASONS.filter((reason) => throttle[reason]),
    recoveryAction: reading.recoveryAction,
    eccCorrected: eccErrors(reading.eccVolatile, 'corrected'),
    eccUncorrected: eccErrors(reading.eccVolatile, 'uncorrected'),
    remapPending: reading.remapPending,
    remapFailure: reading.remapFailure,
    xids: xids?.map(xidObject),
    mig: reading.mig.length === 0 ? undefined : reading.mig.map(migObject),
    units: users?.map(userObject),
  };
}

function isEmpty(values: object): boolean {
  return Object.keys(values).length === 0;
}

function xidObject({ xid, count, lastSeconds }: XidCount) {
  return { xid: Number(xid), count, lastTimestampSeconds: lastSeconds };
}

function migObject({ gpuInstance, computeInstances, profile, memory }: MigReading) {
  return {
    gpuInstance,
    computeInstances,
    profile: profile || undefined,
    memoryUsedBytes: memory.used,
    memoryTotalBytes: memory.total,
  };
}

function userObject({ unit, user, container, processes, memoryBytes, list }: GpuUser) {
  return {
    unit,
    user,
    container,
    processes,
    memoryBytes,
    processList:
      list.length === 0
        ? undefined
        : list.map(({ pid, name, type, memoryBytes: bytes }) => ({
            pid,
            name: name || undefined,
            type: type || undefined,
            memoryBytes: bytes,
          })),
  };
}
