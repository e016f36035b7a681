import { defineMetric, type Sample, sample } from '../domain/metric.ts';
import {
  type CoolingDeviceReading,
  type CpuThrottleCounts,
  type FileErrorCounts,
  READ_ERRORS,
  type ThermalReading,
  type ThermalZoneReading,
} from '../domain/thermal.ts';
import { blockOf, type Collector } from './collector.ts';

const TEMPERATURE = defineMetric({
  name: 'thermal_zone_temperature_celsius',
  help: 'Temperature of a thermal zone of the kernel; zone is its number, since types repeat.',
  type: 'gauge',
  labels: ['zone', 'type'],
  source: '/sys/class/thermal/thermal_zone*/temp',
});

const TRIP = defineMetric({
  name: 'thermal_zone_trip_celsius',
  help: 'Temperature at which the kernel does something about the zone, such as slow down or (critical) switch off; those that are not in use, at 0 or below, are left out.',
  type: 'gauge',
  labels: ['zone', 'type', 'trip', 'trip_type'],
  source: '/sys/class/thermal/thermal_zone*/trip_point_*_temp, read again within a minute',
});

const ZONE_INFO = defineMetric({
  name: 'thermal_zone_info',
  help: 'Always 1; whether the kernel looks after the zone (mode), and how (policy).',
  type: 'gauge',
  labels: ['zone', 'type', 'mode', 'policy'],
  source: '/sys/class/thermal/thermal_zone*/mode and policy, read again within a minute',
});

const ZONE_ERRORS = defineMetric({
  name: 'thermal_zone_read_errors_total',
  help: 'Reads of a file of the zone that failed since fettle started, by the error of the kernel; timeout is a zone that does not answer.',
  type: 'counter',
  labels: ['zone', 'type', 'file', 'errno'],
  source: '/sys/class/thermal/thermal_zone*/temp, and within a minute type, mode, policy and trip_point_*',
});

const STATE = defineMetric({
  name: 'cooling_device_state',
  help: 'How much the device cools now; 0 is not at all.',
  type: 'gauge',
  labels: ['device', 'type'],
  source: '/sys/class/thermal/cooling_device*/cur_state',
});

const MAX_STATE = defineMetric({
  name: 'cooling_device_max_state',
  help: 'How much the device can cool.',
  type: 'gauge',
  labels: ['device', 'type'],
  source: '/sys/class/thermal/cooling_device*/max_state, read again within a minute',
});

const COOLING_ERRORS = defineMetric({
  name: 'cooling_device_read_errors_total',
  help: 'Reads of a file of the device that failed since fettle started, by the error of the kernel; some drivers say EINVAL until they are set for the first time.',
  type: 'counter',
  labels: ['device', 'type', 'file', 'errno'],
  source: '/sys/class/thermal/cooling_device*/cur_state, and within a minute type and max_state',
});

const THROTTLES = defineMetric({
  name: 'cpu_thermal_throttles_total',
  help: 'Times that a processor was slowed down for being too hot, summed over cores or packages (scope).',
  type: 'counter',
  labels: ['scope'],
  source: '/sys/devices/system/cpu/cpu*/thermal_throttle/{core,package}_throttle_count',
});

/** The kernel's thermal zones, what cools them, and how often processors were too hot. */
export function createThermalCollector(read: (signal: AbortSignal) => Promise<ThermalReading>): Collector {
  return {
    name: 'thermal',
    metrics: [TEMPERATURE, TRIP, ZONE_INFO, ZONE_ERRORS, STATE, MAX_STATE, COOLING_ERRORS, THROTTLES],
    collect: async (signal) => [blockOf(thermalSamples(await read(signal)))],
  };
}

/** Samples of what the kernel says of heat; what it does not say is left out. */
export function thermalSamples({ zones, coolingDevices, cpuThrottles }: ThermalReading): readonly Sample[] {
  return [
    ...zones.flatMap(zoneSamples),
    ...coolingDevices.flatMap(coolingSamples),
    ...throttleSamples(cpuThrottles),
  ];
}

function zoneSamples({ zone, type, celsius, ...rest }: ThermalZoneReading): readonly Sample[] {
  const { mode, policy, trips, readErrors } = rest;
  const said = mode !== '' || policy !== '';
  return [
    ...(celsius === undefined ? [] : [sample(TEMPERATURE, { zone, type }, celsius)]),
    ...(said ? [sample(ZONE_INFO, { zone, type, mode, policy }, 1)] : []),
    ...trips.map((one) => sample(TRIP, { zone, type, trip: one.trip, trip_type: one.type }, one.celsius)),
    ...errorCounts(readErrors).map(({ count, ...one }) => sample(ZONE_ERRORS, { zone, type, ...one }, count)),
  ];
}

function errorCounts(byFile: FileErrorCounts) {
  return Object.entries(byFile).flatMap(([file, counts]) =>
    READ_ERRORS.flatMap((errno) => {
      const count = counts[errno];
      return count === undefined ? [] : [{ file, errno, count }];
    }),
  );
}

function coolingSamples(reading: CoolingDeviceReading): readonly Sample[] {
  const { device, type, state, maxState, readErrors } = reading;
  return [
    ...errorCounts(readErrors).map(({ count, ...one }) =>
      sample(COOLING_ERRORS, { device, type, ...one }, count),
    ),
    ...(state === undefined ? [] : [sample(STATE, { device, type }, state)]),
    ...(maxState === undefined ? [] : [sample(MAX_STATE, { device, type }, maxState)]),
  ];
}

function throttleSamples(counts: CpuThrottleCounts): readonly Sample[] {
  return (['core', 'package'] as const).flatMap((scope) => {
    const count = counts[scope];
    return count === undefined ? [] : [sample(THROTTLES, { scope }, count)];
  });
}
