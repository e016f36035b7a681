import { above, below } from '../../compare.ts';
import type { AlertRule } from '../../rule.ts';

const ZONE = 'avg_over_time(thermal_zone_temperature_celsius{job="fettle"}[3m])';

/** The rest of the machine: zones of the kernel, chips, processors. */
export const MACHINE_HEAT: readonly AlertRule[] = [
  {
    alert: 'ThermalZoneHot',
    comment: `At the first trip point at which the kernel slows something down (passive) or tells people (hot); the one for the fans (active) is no trouble. The trip points of x86_pkg_temp are set and moved by programs such as thermald, so they mean nothing.`,
    expr: `avg_over_time(thermal_zone_temperature_celsius{job="fettle",type!="x86_pkg_temp"}[3m])
  >= on (job, instance, zone, type)
    min by (job, instance, zone, type) (
      last_over_time(thermal_zone_trip_celsius{job="fettle",trip_type=~"passive|hot"}[5m])
    )`,
    for: '5m',
    keepFiringFor: '5m',
    severity: 'warning',
    summary: 'A thermal zone is so hot that the kernel slows things down.',
    description:
      'Zone {{ $labels.type }} (thermal_zone{{ $labels.zone }}) of {{ $labels.instance }} is at {{ $value | humanize }} degrees Celsius, at or above the trip point at which the kernel slows things down. Take load off the machine, and look at its fans and the air that it gets.',
  },
  {
    alert: 'ThermalZoneCritical',
    comment:
      'At its critical trip point the kernel switches the machine off, without asking anybody. The margin is the time to do it yourself.',
    expr: below(
      `(
  min by (job, instance, zone, type) (
    last_over_time(thermal_zone_trip_celsius{job="fettle",trip_type="critical"}[5m])
  )
  - on (job, instance, zone, type)
  ${ZONE}
)`,
      'zone_critical_margin_celsius',
    ),
    for: '1m',
    keepFiringFor: '5m',
    severity: 'critical',
    summary: 'The kernel is about to switch the machine off for heat.',
    description:
      'Zone {{ $labels.type }} (thermal_zone{{ $labels.zone }}) of {{ $labels.instance }} has {{ $value | humanize }} degrees left until the kernel switches the machine off. Stop what makes it hot now: the services on the GPUs first.',
  },
  {
    alert: 'CoolingExhausted',
    comment:
      'What can cool does so with all it has: nothing is left if it gets hotter. A fan at its highest speed may be all right, so it is only worth knowing.',
    expr: `min_over_time(cooling_device_state{job="fettle"}[10m])
  >= last_over_time(cooling_device_max_state{job="fettle"}[10m]) > 0`,
    for: '5m',
    severity: 'info',
    summary: 'A cooling device does all it can.',
    description:
      'Cooling device {{ $labels.device }} ({{ $labels.type }}) of {{ $labels.instance }} has been at its highest state for 15 minutes. If it is a processor, it is as slow as it gets; if it is a fan, it turns as fast as it can. Look at what is hot: the dashboard GPU and thermal.',
  },
  {
    alert: 'CpuThermalThrottled',
    comment:
      'Of packages, since a package counts what its cores do. A few are normal on a laptop and at the start of a load.',
    expr: above(
      'increase(cpu_thermal_throttles_total{job="fettle",scope="package"}[15m])',
      'cpu_throttles_15m',
    ),
    for: '5m',
    keepFiringFor: '15m',
    severity: 'warning',
    summary: 'The processor is so hot that it slows down.',
    description:
      'A processor of {{ $labels.instance }} has slowed itself down {{ $value | humanize }} times within 15 minutes for being too hot. Look at its cooler and fans, and at what loads it: `systemd-cgtop`.',
  },
  {
    alert: 'HwmonTemperatureHigh',
    comment: `The one fixed figure that fits most processors. Chips of GPUs are left out, whose junction may have 110 degrees. Disks want less: set hwmon_celsius for chip "nvme" to 70 or so.`,
    expr: above(
      'avg_over_time(hwmon_temperature_celsius{job="fettle",chip!~"amdgpu|nouveau|xe|i915"}[5m])',
      'hwmon_celsius',
    ),
    for: '10m',
    keepFiringFor: '5m',
    severity: 'warning',
    summary: 'A chip is hot.',
    description:
      'Sensor {{ $labels.sensor }} ({{ $labels.label }}) of chip {{ $labels.chip }} at {{ $labels.device }} of {{ $labels.instance }} is at {{ $value | humanize }} degrees Celsius. Look at its cooler; if its maker allows that much, raise the threshold for it.',
  },
];
