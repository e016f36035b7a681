import { above } from '../../compare.ts';
import { inParentheses } from '../../indented.ts';
import type { AlertRule } from '../../rule.ts';

const HOTTEST_SENSOR = `max by (job, instance) (
  avg_over_time(thermal_zone_temperature_celsius{job="fettle"}[5m])
  or avg_over_time(hwmon_temperature_celsius{job="fettle"}[5m])
)`;

/** Fans that should turn and do not. */
export const FANS: readonly AlertRule[] = [
  {
    alert: 'GpuFanStopped',
    comment:
      'The driver gives the speed that it asks for, not the one that the fan has: 0 on a hot GPU is a fan that has been given up or set by hand. Below some 60 degrees most cards stop their fans by themselves. Cards without fans have no such series.',
    expr: `max_over_time(gpu_fan_speed_ratio{job="fettle"}[5m]) == 0
and on (job, instance, gpu, uuid) ${inParentheses(
      above('avg_over_time(gpu_temperature_celsius{job="fettle",sensor="gpu"}[5m])', 'gpu_fan_celsius'),
    )}`,
    for: '2m',
    severity: 'critical',
    summary: 'The fan of a hot GPU stands still.',
    description:
      'GPU {{ $labels.gpu }} ({{ $labels.uuid }}) of {{ $labels.instance }} is hot and its fan is told to stand still. Take load off it now, look whether the fan turns, and give it back to the driver: `nvidia-settings -a GPUFanControlState=0`.',
  },
  {
    alert: 'FanStopped',
    comment: `A fan that has turned within a day and stands still while something on the machine is hot. Headers without a fan always say 0, and fans that rest while it is cool are all right.`,
    expr: `max_over_time(fan_speed_rpm{job="fettle"}[5m]) == 0
and max_over_time(fan_speed_rpm{job="fettle"}[1d]) > 0
and on (job, instance) ${inParentheses(above(HOTTEST_SENSOR, 'fan_stopped_celsius'))}`,
    for: '5m',
    severity: 'warning',
    summary: 'A fan has stopped while it is hot.',
    description:
      'Fan {{ $labels.sensor }} ({{ $labels.label }}) of chip {{ $labels.chip }} at {{ $labels.device }} of {{ $labels.instance }} has turned within the last day and stands still while the machine is hot. Look whether something blocks it; if not, replace it.',
  },
];
