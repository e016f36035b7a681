import { several, single } from './rows.ts';

const XML = 'nvidia-smi -q -x';
const AMD = '/sys/class/drm/card*/device';

/** What a GPU does: how busy, full, warm and fast it is. */
export const DEVICE_ROWS = [
  several(
    {
      name: 'gpu_utilization_ratio',
      help: 'Share of the last moments in which a part of the GPU was busy, from 0 to 1.',
      source: `${XML} utilization, ${AMD}/gpu_busy_percent, or devfreq load on a Jetson`,
    },
    'engine',
    ({ utilization }) => utilization,
  ),
  single(
    {
      name: 'gpu_memory_total_bytes',
      help: 'Memory of the GPU.',
      source: `${XML} fb_memory_usage, or ${AMD}/mem_info_vram_total`,
    },
    ({ memory }) => memory.total,
  ),
  single(
    {
      name: 'gpu_memory_used_bytes',
      help: 'Memory of the GPU in use.',
      source: `${XML} fb_memory_usage, or ${AMD}/mem_info_vram_used`,
    },
    ({ memory }) => memory.used,
  ),
  single(
    {
      name: 'gpu_memory_free_bytes',
      help: 'Memory of the GPU not in use.',
      source: `${XML} fb_memory_usage`,
    },
    ({ memory }) => memory.free,
  ),
  single(
    {
      name: 'gpu_memory_reserved_bytes',
      help: 'Memory that the driver keeps for itself.',
      source: `${XML} fb_memory_usage`,
    },
    ({ memory }) => memory.reserved,
  ),
  single(
    {
      name: 'gpu_bar1_memory_used_bytes',
      help: 'Memory of the GPU that is mapped for the processor (BAR1).',
      source: `${XML} bar1_memory_usage`,
    },
    ({ memory }) => memory.bar1Used,
  ),
  several(
    {
      name: 'gpu_temperature_celsius',
      help: 'Temperature of a part of the GPU.',
      source: `${XML} temperature, or ${AMD}/hwmon`,
    },
    'sensor',
    ({ temperatures }) => temperatures,
  ),
  several(
    {
      name: 'gpu_temperature_threshold_celsius',
      help: 'Temperature at which the GPU does something about it.',
      source: `${XML} temperature`,
    },
    'threshold',
    ({ thresholds }) => thresholds,
  ),
  single(
    {
      name: 'gpu_temperature_margin_celsius',
      help: 'Degrees left until the GPU slows down; negative beyond.',
      source: `${XML} temperature/gpu_temp_tlimit`,
    },
    ({ temperatureMargin }) => temperatureMargin,
  ),
  single(
    {
      name: 'gpu_power_watts',
      help: 'Power that the GPU draws.',
      source: `${XML} gpu_power_readings or power_readings, or ${AMD}/hwmon`,
    },
    ({ powerWatts }) => powerWatts,
  ),
  several(
    {
      name: 'gpu_power_limit_watts',
      help: 'Limit on power: in force, at the start, and the bounds of what can be set.',
      source: `${XML} gpu_power_readings or power_readings, or ${AMD}/hwmon`,
    },
    'limit',
    ({ powerLimits }) => powerLimits,
  ),
  several(
    {
      name: 'gpu_clock_hertz',
      help: 'Clock of a part of the GPU.',
      source: `${XML} clocks, or ${AMD}/hwmon`,
    },
    'clock',
    ({ clocks }) => clocks,
  ),
  several(
    { name: 'gpu_clock_max_hertz', help: 'Highest clock of a part of the GPU.', source: `${XML} max_clocks` },
    'clock',
    ({ maxClocks }) => maxClocks,
  ),
  single(
    {
      name: 'gpu_fan_speed_ratio',
      help: 'Speed of the fan that the driver asks for, from 0 to 1.',
      source: `${XML} fan_speed, or ${AMD}/hwmon pwm1`,
    },
    ({ fanRatio }) => fanRatio,
  ),
  single(
    {
      name: 'gpu_performance_state',
      help: 'Performance state, from 0 (fastest) to 15.',
      source: `${XML} performance_state`,
    },
    ({ performanceState }) => performanceState,
  ),
  several(
    {
      name: 'gpu_processes',
      help: 'Processes on the GPU by what they do: C computes, G draws, C+G does both.',
      source: `${XML} processes`,
    },
    'type',
    ({ processes }) => processes && countByType(processes.map(({ type }) => type)),
  ),
];

/** Types that every driver knows. A process of another one may well compute or draw, too. */
const TYPES: readonly string[] = ['C', 'G', 'C+G'];

/** Drivers know some more, such as `M+C` for clients of MPS; so many are told apart. */
const MAX_OTHER_TYPES = 8;

/**
 * Processes by type, as the driver gives types.
 *
 * Those that every driver knows are there from the start, at 0, unless a process is of another type, or of one that
 * the driver does not tell.
 */
function countByType(types: readonly string[]): Readonly<Record<string, number>> {
  const others = new Set(types.filter((type) => !TYPES.includes(type)));
  const told = [...others].filter((type) => /^[A-Z](\+[A-Z]){0,3}$/.test(type)).slice(0, MAX_OTHER_TYPES);
  const counts = [...TYPES, ...told].map(
    (type) => [type, types.filter((one) => one === type).length] as const,
  );
  return Object.fromEntries(counts.filter(([, count]) => count > 0 || others.size === 0));
}
