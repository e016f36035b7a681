import { above } from '../../compare.ts';
import type { AlertRule } from '../../rule.ts';

/**
 * The hottest zone of a Jetson.
 *
 * A machine is a Jetson if it has a GPU of one, or power modes.
 */
const HOTTEST = `(
  max by (job, instance) (avg_over_time(thermal_zone_temperature_celsius{job="fettle"}[2m]))
  and on (job, instance) (
    last_over_time(gpu_info{job="fettle",vendor="jetson"}[10m])
    or last_over_time(jetson_power_mode_info{job="fettle"}[10m])
  )
)`;

/** Jetsons, whose zones are known well enough for figures. */
export const JETSON: readonly AlertRule[] = [
  {
    alert: 'JetsonTemperatureHigh',
    comment: `Some 20 degrees before the trip points of an Orin, so that there is time to throttle by plan instead of having it done. Both rules look at the hottest zone, so a Jetson alerts once and not once a zone.`,
    expr: above(HOTTEST, 'jetson_warm_celsius'),
    for: '2m',
    keepFiringFor: '5m',
    severity: 'warning',
    summary: 'A Jetson gets hot.',
    description:
      'The hottest zone of {{ $labels.instance }} is at {{ $value | humanize }} degrees Celsius. Throttle it: a lower power mode (`nvpmodel -m MODE`) or fewer jobs. See that its fan turns.',
  },
  {
    alert: 'JetsonTemperatureCritical',
    comment: 'What a throttled Jetson should never reach. Time to stop what makes it hot.',
    expr: above(HOTTEST, 'jetson_hot_celsius'),
    for: '30s',
    keepFiringFor: '5m',
    severity: 'critical',
    summary: 'A Jetson is too hot.',
    description:
      'The hottest zone of {{ $labels.instance }} is at {{ $value | humanize }} degrees Celsius. Stop the jobs on it until it is cool again; if it goes on, it slows itself down and then switches off.',
  },
  {
    alert: 'JetsonRailAlarm',
    comment:
      'The Jetson slows down for an overcurrent much as for heat. The alarm comes and goes within a second: half of five minutes is a lasting one.',
    expr: 'avg_over_time(jetson_rail_alarm{job="fettle"}[5m]) > 0.5',
    for: '1m',
    keepFiringFor: '5m',
    severity: 'warning',
    summary: 'A supply of a Jetson gives more current than it should.',
    description:
      'The current of supply {{ $labels.rail }} of {{ $labels.instance }} is above its limit, so the Jetson slows down. Choose a lower power mode (`nvpmodel -m MODE`), and look at the power supply and what hangs on its USB ports.',
  },
];
