import { above, below } from '../../compare.ts';
import type { AlertRule } from '../../rule.ts';

/** GPUs that are too hot. */
export const GPU_HEAT: readonly AlertRule[] = [
  {
    alert: 'GpuThermalSlowdown',
    comment: `The hardware itself halves the clocks: the last thing before it switches off. Old drivers only know hw_slowdown, which is also said of the power brake; that one is GpuPowerBrake.`,
    expr: `max by (job, instance, gpu, uuid) (
  avg_over_time(gpu_throttle_active{job="fettle",reason=~"hw_thermal|hw_slowdown"}[5m])
) > 0.5
  unless on (job, instance, gpu, uuid)
    avg_over_time(gpu_throttle_active{job="fettle",reason="hw_power_brake"}[5m]) > 0.5`,
    for: '1m',
    keepFiringFor: '5m',
    severity: 'critical',
    summary: 'A GPU is so hot that its hardware slows it down.',
    description:
      'GPU {{ $labels.gpu }} ({{ $labels.uuid }}) of {{ $labels.instance }} has been slowed down by its hardware for most of 5 minutes. Take load off it now, then look at its fans, the dust, the air that it gets, and its neighbours.',
  },
  {
    alert: 'GpuSoftwareThermalSlowdown',
    comment: `The driver holds the GPU at its target temperature. Under full load that is normal for many cards, so it is only worth knowing, and only if it hardly ever stops for half an hour.`,
    expr: 'avg_over_time(gpu_throttle_active{job="fettle",reason="sw_thermal"}[30m]) > 0.9',
    for: '5m',
    severity: 'info',
    summary: 'The driver slows a GPU down to keep it cool.',
    description:
      'GPU {{ $labels.gpu }} ({{ $labels.uuid }}) of {{ $labels.instance }} has been slowed down by its driver, to stay at its target temperature, for most of half an hour. It would be faster with better cooling.',
  },
  {
    alert: 'GpuNearSlowdown',
    comment: `Relative to what the GPU itself says: the margin that newer ones tell, or else the temperature at which it slows down. A GPU that says neither is only seen by GpuTemperatureHigh.`,
    expr: below(
      `(
  avg_over_time(gpu_temperature_margin_celsius{job="fettle"}[5m])
  or
  last_over_time(gpu_temperature_threshold_celsius{job="fettle",threshold="slowdown"}[5m])
    - on (job, instance, gpu, uuid)
    avg_over_time(gpu_temperature_celsius{job="fettle",sensor="gpu"}[5m])
)`,
      'gpu_slowdown_margin_celsius',
    ),
    for: '5m',
    keepFiringFor: '5m',
    severity: 'warning',
    summary: 'A GPU is close to the temperature at which it slows itself down.',
    description:
      'GPU {{ $labels.gpu }} ({{ $labels.uuid }}) of {{ $labels.instance }} has {{ $value | humanize }} degrees left until it slows itself down. Look at its fans and the air that it gets, or give it less power: `nvidia-smi -i {{ $labels.gpu }} -pl WATTS`.',
  },
  {
    alert: 'GpuTemperatureHigh',
    comment: `A fixed figure, as people write it down. Cards that are made to run hotter have a target of their own (gpu_temperature_threshold_celsius tells it): set the threshold for them by their uuid.`,
    expr: above('avg_over_time(gpu_temperature_celsius{job="fettle",sensor="gpu"}[5m])', 'gpu_celsius'),
    for: '10m',
    keepFiringFor: '5m',
    severity: 'warning',
    summary: 'A GPU is hot.',
    description:
      'GPU {{ $labels.gpu }} ({{ $labels.uuid }}) of {{ $labels.instance }} is at {{ $value | humanize }} degrees Celsius. Compare with its own limits (`nvidia-smi -q -d TEMPERATURE`); if they are far, raise the threshold for it, else cool it or take load off it.',
  },
];
