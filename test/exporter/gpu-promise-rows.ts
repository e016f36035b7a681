/** A series that a GPU has if one of some elements gives a value; the first that does counts. */
export interface PromisedSeries {
  readonly metric: string;
  /** Beside `gpu` and `uuid`. */
  readonly labels: Readonly<Record<string, string>>;
  readonly paths: readonly string[];
  /** From the text to the value; undefined if it is no such text. */
  readonly read: (text: string) => number | undefined;
}

type Read = PromisedSeries['read'];

/** A number with its unit, and what one of it is in base units. */
const amount =
  (unit: string, toBase: (value: number) => number): Read =>
  (text) => {
    const [number = '', ...rest] = text.split(/ |(?=x$)/);
    return /^-?\d+(\.\d+)?$/.test(number) && rest.join(' ') === unit ? toBase(Number(number)) : undefined;
  };

const bytes = amount('MiB', (mebibytes) => mebibytes * 2 ** 20);
const ratio = amount('%', (percent) => percent / 100);
const celsius = amount('C', Number);
const watts = amount('W', Number);
const hertz = amount('MHz', (megahertz) => megahertz * 1e6);
const lanes = amount('x', Number);
const seconds = amount('us', (microseconds) => microseconds / 1e6);
const perSecond = amount('KB/s', (kilobytes) => kilobytes * 1000);
const state: Read = (text) => (/^P\d+$/.test(text) ? Number(text.slice(1)) : undefined);
/** A count, which has no unit. */
export const count: Read = amount('', Number);

/** One of these words; what is not one is no value. */
function word(meanings: Readonly<Record<string, number>>): Read {
  return (text) => new Map(Object.entries(meanings)).get(text);
}

const yes = word({ Yes: 1, No: 0 });
const active = word({ Active: 1, 'Not Active': 0 });

function one(metric: string, paths: string | readonly string[], read: Read): PromisedSeries {
  return { metric: `gpu_${metric}`, labels: {}, paths: [paths].flat(), read };
}

/** Series that one label tells apart. */
function each(
  metric: string,
  label: string,
  read: Read,
  of: Readonly<Record<string, string | readonly string[]>>,
): readonly PromisedSeries[] {
  return Object.entries(of).map(([text, paths]) => ({
    ...one(metric, paths, read),
    labels: { [label]: text },
  }));
}

const POWER = ['gpu_power_readings', 'power_readings'];
const power = (...names: readonly string[]) =>
  POWER.flatMap((section) => names.map((name) => `${section}/${name}`));
const reason = (...names: readonly string[]) =>
  ['event', 'throttle'].flatMap((kind) =>
    names.map((name) => `clocks_${kind}_reasons/clocks_${kind}_reason_${name}`),
  );
const counter = (name: string) => `clocks_event_reasons_counters/clocks_event_reasons_counters_${name}`;
const clocks = (section: string) => ({
  graphics: `${section}/graphics_clock`,
  sm: `${section}/sm_clock`,
  memory: `${section}/mem_clock`,
  video: `${section}/video_clock`,
});

/** What the catalogue (facts/gpu.md, docs/METRICS.md) promises of single elements; ECC, MIG and processes aside. */
export const PROMISED_SERIES: readonly PromisedSeries[] = [
  ...each('utilization_ratio', 'engine', ratio, {
    gpu: 'utilization/gpu_util',
    memory: 'utilization/memory_util',
    encoder: 'utilization/encoder_util',
    decoder: 'utilization/decoder_util',
    jpeg: 'utilization/jpeg_util',
    ofa: 'utilization/ofa_util',
  }),
  one('memory_total_bytes', 'fb_memory_usage/total', bytes),
  one('memory_used_bytes', 'fb_memory_usage/used', bytes),
  one('memory_free_bytes', 'fb_memory_usage/free', bytes),
  one('memory_reserved_bytes', 'fb_memory_usage/reserved', bytes),
  one('bar1_memory_used_bytes', 'bar1_memory_usage/used', bytes),
  ...each('temperature_celsius', 'sensor', celsius, {
    gpu: 'temperature/gpu_temp',
    memory: 'temperature/memory_temp',
  }),
  ...each('temperature_threshold_celsius', 'threshold', celsius, {
    shutdown: 'temperature/gpu_temp_max_threshold',
    slowdown: 'temperature/gpu_temp_slow_threshold',
    max_operating: 'temperature/gpu_temp_max_gpu_threshold',
    target: 'temperature/gpu_target_temperature',
  }),
  one('temperature_margin_celsius', 'temperature/gpu_temp_tlimit', celsius),
  one('power_watts', power('instant_power_draw', 'power_draw', 'average_power_draw'), watts),
  ...each('power_limit_watts', 'limit', watts, {
    enforced: power('current_power_limit', 'enforced_power_limit'),
    default: power('default_power_limit'),
    min: power('min_power_limit'),
    max: power('max_power_limit'),
  }),
  ...each('clock_hertz', 'clock', hertz, clocks('clocks')),
  ...each('clock_max_hertz', 'clock', hertz, clocks('max_clocks')),
  one('fan_speed_ratio', 'fan_speed', ratio),
  one('performance_state', ['performance_state', 'power_readings/power_state'], state),
  ...each('throttle_active', 'reason', active, {
    idle: reason('gpu_idle'),
    app_clocks: reason('applications_clocks_setting', 'user_defined_clocks'),
    sw_power_cap: reason('sw_power_cap'),
    hw_slowdown: reason('hw_slowdown'),
    hw_thermal: reason('hw_thermal_slowdown'),
    hw_power_brake: reason('hw_power_brake_slowdown'),
    sync_boost: reason('sync_boost'),
    sw_thermal: reason('sw_thermal_slowdown'),
    display: reason('display_clocks_setting', 'display_clock_setting'),
  }),
  ...each('throttle_seconds_total', 'reason', seconds, {
    sw_power_cap: counter('sw_power_cap'),
    sync_boost: counter('sync_boost'),
    sw_thermal: counter('sw_therm_slowdown'),
    hw_thermal: counter('hw_therm_slowdown'),
    hw_power_brake: counter('hw_power_brake'),
  }),
  one('pcie_link_generation', 'pci/pci_gpu_link_info/pcie_gen/current_link_gen', count),
  one('pcie_link_generation_max', 'pci/pci_gpu_link_info/pcie_gen/max_link_gen', count),
  one('pcie_link_width', 'pci/pci_gpu_link_info/link_widths/current_link_width', lanes),
  one('pcie_link_width_max', 'pci/pci_gpu_link_info/link_widths/max_link_width', lanes),
  one('pcie_replays_total', 'pci/replay_counter', count),
  ...each('pcie_throughput_bytes_per_second', 'direction', perSecond, {
    sent: 'pci/tx_util',
    received: 'pci/rx_util',
  }),
  ...each('retired_pages', 'cause', count, {
    single_bit: 'retired_pages/multiple_single_bit_retirement/retired_count',
    double_bit: 'retired_pages/double_bit_retirement/retired_count',
  }),
  ...each('remapped_rows', 'severity', count, {
    correctable: 'remapped_rows/remapped_row_corr',
    uncorrectable: 'remapped_rows/remapped_row_unc',
  }),
  one('remap_pending', 'remapped_rows/remapped_row_pending', yes),
  one('remap_failure', 'remapped_rows/remapped_row_failure', yes),
];
