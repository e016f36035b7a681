import type { JetsonRail, JetsonReading } from '../domain/jetson.ts';
import { defineMetric, type MetricSpec, type Sample, sample } from '../domain/metric.ts';
import { blockOf, type Collector } from './collector.ts';

function railMetric(name: string, help: string, source: string): MetricSpec<'rail'> {
  return defineMetric({ name: `jetson_rail_${name}`, help, type: 'gauge', labels: ['rail'], source });
}

const POWER = railMetric(
  'power_watts',
  'Power that a supply gives. Some supplies feed others: do not add them up.',
  'INA3221 hwmon inN_input times currN_input',
);
const VOLTAGE = railMetric('voltage_volts', 'Voltage of a supply.', 'INA3221 hwmon inN_input');
const CURRENT = railMetric('current_amperes', 'Current of a supply.', 'INA3221 hwmon currN_input');
const ALARM = railMetric(
  'alarm',
  'Whether the current of a supply is above a limit (1) or not (0).',
  'INA3221 hwmon currN_max_alarm and currN_crit_alarm',
);

const POWER_MODE = defineMetric({
  name: 'jetson_power_mode_info',
  help: 'Always 1; the power mode that is set.',
  type: 'gauge',
  labels: ['id', 'name'],
  source: '/var/lib/nvpmodel/status and /etc/nvpmodel.conf',
});

const CLOCKS_LOCKED = defineMetric({
  name: 'jetson_clocks_locked',
  help: 'Whether clocks are held at one frequency, as jetson_clocks does it (1), or not (0).',
  type: 'gauge',
  labels: [],
  source: '/sys/class/devfreq of the GPU: min_freq is max_freq',
});

const EMC_UTILIZATION = defineMetric({
  name: 'jetson_emc_utilization_ratio',
  help: 'Share of its clock in which the memory was at work; only root can know.',
  type: 'gauge',
  labels: [],
  source: '/sys/kernel/debug/cactmon/mc_all over /sys/kernel/debug/bpmp/debug/clk/emc/rate',
});

/** What a Jetson tells beyond its GPU; nothing on any other machine. */
export function createJetsonCollector(
  read: (signal: AbortSignal) => Promise<JetsonReading | undefined> | JetsonReading | undefined,
): Collector {
  return {
    name: 'jetson',
    metrics: [POWER, VOLTAGE, CURRENT, ALARM, POWER_MODE, CLOCKS_LOCKED, EMC_UTILIZATION],
    async collect(signal) {
      const reading = await read(signal);
      return reading === undefined ? [] : [blockOf(jetsonSamples(reading))];
    },
  };
}

/** Samples of a Jetson; what is not known is left out. */
export function jetsonSamples(reading: JetsonReading): readonly Sample[] {
  const { rails, powerMode, clocksLocked, emcUtilization } = reading;
  return [
    ...rails.flatMap(railSamples),
    ...(powerMode === undefined ? [] : [sample(POWER_MODE, { id: powerMode.id, name: powerMode.name }, 1)]),
    ...(clocksLocked === undefined ? [] : [sample(CLOCKS_LOCKED, {}, Number(clocksLocked))]),
    ...(emcUtilization === undefined ? [] : [sample(EMC_UTILIZATION, {}, emcUtilization)]),
  ];
}

function railSamples({ rail, watts, volts, amperes, alarm }: JetsonRail): readonly Sample[] {
  const values: readonly (readonly [MetricSpec<'rail'>, number | undefined])[] = [
    [POWER, watts],
    [VOLTAGE, volts],
    [CURRENT, amperes],
    [ALARM, alarm === undefined ? undefined : Number(alarm)],
  ];
  return values.flatMap(([metric, value]) => (value === undefined ? [] : [sample(metric, { rail }, value)]));
}
