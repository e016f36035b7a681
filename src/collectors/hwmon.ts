import { defineMetric, type Sample, sample } from '../domain/metric.ts';
import { type HwmonReading, READ_ERRORS } from '../domain/thermal.ts';
import { blockOf, type Collector } from './collector.ts';

const TEMPERATURE = defineMetric({
  name: 'hwmon_temperature_celsius',
  help: 'Temperature that a chip measures; left out at and below -40 and at and above 250, while its device sleeps, and while the sensor is broken.',
  type: 'gauge',
  labels: ['chip', 'device', 'sensor', 'label'],
  source: '/sys/class/hwmon/hwmon*/temp*_input',
});

const FAN = defineMetric({
  name: 'fan_speed_rpm',
  help: 'Revolutions of a fan in a minute; 0 stands still.',
  type: 'gauge',
  labels: ['chip', 'device', 'sensor', 'label'],
  source: '/sys/class/hwmon/hwmon*/fan*_input',
});

const ERRORS = defineMetric({
  name: 'hwmon_read_errors_total',
  help: 'Reads of a sensor that failed since fettle started, by the error of the kernel; timeout is a sensor that does not answer.',
  type: 'counter',
  labels: ['chip', 'device', 'sensor', 'errno'],
  source: '/sys/class/hwmon/hwmon*/*_input',
});

/** Temperatures and fans of the machine's chips. */
export function createHwmonCollector(
  read: (signal: AbortSignal) => Promise<readonly HwmonReading[]>,
): Collector {
  return {
    name: 'hwmon',
    metrics: [TEMPERATURE, FAN, ERRORS],
    collect: async (signal) => [blockOf((await read(signal)).flatMap(sensorSamples))],
  };
}

function sensorSamples(reading: HwmonReading): readonly Sample[] {
  const { chip, device, sensor, label, quantity, value, readErrors } = reading;
  const metric = quantity === 'temperature' ? TEMPERATURE : FAN;
  return [
    ...(value === undefined ? [] : [sample(metric, { chip, device, sensor, label }, value)]),
    ...READ_ERRORS.flatMap((errno) => {
      const count = readErrors[errno];
      return count === undefined ? [] : [sample(ERRORS, { chip, device, sensor, errno }, count)];
    }),
  ];
}
