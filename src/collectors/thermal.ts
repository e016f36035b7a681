import { defineMetric, type Sample, sample } from '../domain/metric.ts';
import type { ThermalZoneReading } from '../domain/reading.ts';
import { blockOf, type Collector } from './collector.ts';

const TEMPERATURE = defineMetric({
  name: 'thermal_zone_temperature_celsius',
  help: 'Temperature of a thermal zone of the kernel; zone is its number, since types repeat.',
  type: 'gauge',
  labels: ['zone', 'type'],
  source: '/sys/class/thermal/thermal_zone*/temp',
});

/** The kernel's thermal zones. */
export function createThermalCollector(
  read: (signal: AbortSignal) => Promise<readonly ThermalZoneReading[]>,
): Collector {
  return {
    name: 'thermal',
    metrics: [TEMPERATURE],
    collect: async (signal) => [blockOf((await read(signal)).flatMap(zoneSamples))],
  };
}

/** The sample of one zone; none while its sensor does not measure. */
export function zoneSamples({ zone, type, celsius }: ThermalZoneReading): readonly Sample[] {
  return celsius === undefined ? [] : [sample(TEMPERATURE, { zone, type }, celsius)];
}
