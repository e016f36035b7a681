import type { GpuReading, ThrottleReason } from '../../domain/gpu.ts';
import { childOf, type XmlElement } from './element.ts';
import { type Fields, known } from './fields.ts';
import { parseActive, parseSeconds } from './values.ts';

/** Ends of the names of elements, newest first. */
const REASONS: Readonly<Record<ThrottleReason, readonly string[]>> = {
  idle: ['gpu_idle'],
  app_clocks: ['applications_clocks_setting', 'user_defined_clocks'],
  sw_power_cap: ['sw_power_cap'],
  hw_slowdown: ['hw_slowdown'],
  hw_thermal: ['hw_thermal_slowdown'],
  hw_power_brake: ['hw_power_brake_slowdown'],
  sync_boost: ['sync_boost'],
  sw_thermal: ['sw_thermal_slowdown'],
  display: ['display_clocks_setting', 'display_clock_setting'],
};

const COUNTERS = {
  sw_power_cap: 'clocks_event_reasons_counters_sw_power_cap',
  sync_boost: 'clocks_event_reasons_counters_sync_boost',
  sw_thermal: 'clocks_event_reasons_counters_sw_therm_slowdown',
  hw_thermal: 'clocks_event_reasons_counters_hw_therm_slowdown',
  hw_power_brake: 'clocks_event_reasons_counters_hw_power_brake',
} as const satisfies Partial<Record<ThrottleReason, string>>;

/** Why the GPU runs slower than it could: by driver 525 as throttle reasons, since 535 as event reasons. */
export function throttleReasons(fields: Fields, gpu: XmlElement): GpuReading['throttle'] {
  const event = childOf(gpu, 'clocks_event_reasons');
  const reasons = fields.section('throttle', event ?? childOf(gpu, 'clocks_throttle_reasons'));
  const prefix = event === undefined ? 'clocks_throttle_reason_' : 'clocks_event_reason_';
  return known(REASONS, (names, reason) => {
    const elements = names.map((name) => childOf(reasons, `${prefix}${name}`));
    return fields.value(`throttle.${reason}`, elements, parseActive);
  });
}

/** How long it has done so, in seconds; drivers count since 595. */
export function throttleSeconds(fields: Fields, gpu: XmlElement): GpuReading['throttleSeconds'] {
  const counters = childOf(gpu, 'clocks_event_reasons_counters');
  return fields.values('throttle_seconds', counters, COUNTERS, parseSeconds);
}
