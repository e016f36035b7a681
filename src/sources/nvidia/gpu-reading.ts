import type { GpuReading } from '../../domain/gpu.ts';
import { pciAddress } from '../../domain/pci.ts';
import { eccCounts } from './ecc.ts';
import { childOf, elementAt, type XmlElement } from './element.ts';
import type { Fields } from './fields.ts';
import { migInstances } from './mig.ts';
import { power } from './power.ts';
import { gpuProcesses } from './processes.ts';
import { recoveryAction } from './recovery.ts';
import { throttleReasons, throttleSeconds } from './throttle.ts';
import * as parse from './values.ts';

const ENGINES = {
  gpu: 'gpu_util',
  memory: 'memory_util',
  encoder: 'encoder_util',
  decoder: 'decoder_util',
  jpeg: 'jpeg_util',
  ofa: 'ofa_util',
};
const MEMORY = { total: 'total', used: 'used', free: 'free', reserved: 'reserved' };
const TEMPERATURES = { gpu: 'gpu_temp', memory: 'memory_temp' };
const CLOCKS = { graphics: 'graphics_clock', sm: 'sm_clock', memory: 'mem_clock', video: 'video_clock' };
const GENERATIONS = { generation: 'current_link_gen', generationMax: 'max_link_gen' };
const WIDTHS = { width: 'current_link_width', widthMax: 'max_link_width' };
const THROUGHPUT = { sentBytesPerSecond: 'tx_util', receivedBytesPerSecond: 'rx_util' };
const RETIRED = {
  single_bit: 'multiple_single_bit_retirement/retired_count',
  double_bit: 'double_bit_retirement/retired_count',
};
const REMAPPED = { correctable: 'remapped_row_corr', uncorrectable: 'remapped_row_unc' };
/** Elements named `tlimit` are distances to a limit, and belong to no threshold. */
const THRESHOLDS = {
  shutdown: 'gpu_temp_max_threshold',
  slowdown: 'gpu_temp_slow_threshold',
  max_operating: 'gpu_temp_max_gpu_threshold',
  target: 'gpu_target_temperature',
};

/** What a document says of one of its GPUs, by what it has and not by the driver's version. */
export function gpuReading(fields: Fields, log: XmlElement, whole: XmlElement, index: number): GpuReading {
  const gpu = withoutUsers(whole);
  return {
    gpu: String(index),
    vendor: isIntegrated(gpu) ? 'jetson' : 'nvidia',
    uuid: fields.text('uuid', childOf(gpu, 'uuid')),
    pciBusId: pciBusId(gpu),
    info: info(fields, log, gpu),
    utilization: fields.values('utilization', childOf(gpu, 'utilization'), ENGINES, parse.parseRatio),
    memory: memory(fields, gpu),
    ...temperatures(fields, childOf(gpu, 'temperature')),
    ...power(fields, gpu),
    clocks: fields.values('clock', childOf(gpu, 'clocks'), CLOCKS, parse.parseHertz),
    maxClocks: fields.values('max_clock', childOf(gpu, 'max_clocks'), CLOCKS, parse.parseHertz),
    fanRatio: fields.value('fan_speed', [childOf(gpu, 'fan_speed')], parse.parseRatio),
    performanceState: performanceState(fields, gpu),
    throttle: throttleReasons(fields, gpu),
    throttleSeconds: throttleSeconds(fields, gpu),
    pcie: pcie(fields, childOf(gpu, 'pci')),
    eccVolatile: eccCounts(fields, 'ecc_volatile', elementAt(gpu, 'ecc_errors/volatile')),
    eccAggregate: eccCounts(fields, 'ecc_aggregate', elementAt(gpu, 'ecc_errors/aggregate')),
    ...wornMemory(fields, gpu),
    recoveryAction: recoveryAction(fields, gpu),
    mig: migInstances(fields, gpu),
    processes: gpuProcesses(fields, whole),
  };
}

/**
 * A GPU less what is said of who uses it, and what comes after that.
 *
 * Names of processes are whatever their users want. No driver says anything of the GPU itself after them, but a name
 * may look as if one did.
 */
export function withoutUsers(gpu: XmlElement): XmlElement {
  const at = gpu.children.findIndex(({ name }) => name === 'processes');
  return at < 0 ? gpu : { ...gpu, children: gpu.children.slice(0, at) };
}

/** As in `0000:01:00.0`; empty where there is no PCI. */
export function pciBusId(gpu: XmlElement): string {
  return pciAddress(elementAt(gpu, 'pci/pci_bus_id')?.text ?? '') || pciAddress(gpu.id);
}

/** The GPU of a Jetson is driven by nvgpu, and named so. */
function isIntegrated(gpu: XmlElement): boolean {
  return childOf(gpu, 'product_name')?.text.endsWith('(nvgpu)') ?? false;
}

function info(fields: Fields, log: XmlElement, gpu: XmlElement): GpuReading['info'] {
  return {
    name: fields.text('name', childOf(gpu, 'product_name')),
    driverVersion: fields.text('driver_version', childOf(log, 'driver_version')),
    cudaVersion: fields.text('cuda_version', childOf(log, 'cuda_version')),
    vbiosVersion: fields.text('vbios_version', childOf(gpu, 'vbios_version')),
    persistenceMode: fields.text('persistence_mode', childOf(gpu, 'persistence_mode')),
    computeMode: fields.text('compute_mode', childOf(gpu, 'compute_mode')),
  };
}

function memory(fields: Fields, gpu: XmlElement): GpuReading['memory'] {
  const bar1 = childOf(gpu, 'bar1_memory_usage');
  return {
    ...fields.values('memory', childOf(gpu, 'fb_memory_usage'), MEMORY, parse.parseBytes),
    ...fields.values('memory', bar1, { bar1Used: 'used' }, parse.parseBytes),
  };
}

function temperatures(
  fields: Fields,
  section: XmlElement | undefined,
): Pick<GpuReading, 'temperatures' | 'thresholds' | 'temperatureMargin'> {
  const given = fields.section('temperature', section);
  const margin = childOf(given, 'gpu_temp_tlimit');
  return {
    temperatures: fields.values('temperature', given, TEMPERATURES, parse.parseCelsius),
    thresholds: fields.values('temperature_threshold', given, THRESHOLDS, parse.parseCelsius),
    temperatureMargin: fields.value('temperature_margin', [margin], parse.parseCelsius),
  };
}

/** Before driver 535 it stood, again, among the power readings. */
function performanceState(fields: Fields, gpu: XmlElement): number | undefined {
  const elements = [childOf(gpu, 'performance_state'), elementAt(gpu, 'power_readings/power_state')];
  return fields.value('performance_state', elements, parse.parsePerformanceState);
}

function pcie(fields: Fields, section: XmlElement | undefined): GpuReading['pcie'] {
  const pci = fields.section('pcie', section);
  const link = fields.section('pcie', childOf(pci, 'pci_gpu_link_info'));
  return {
    ...fields.values('pcie', childOf(link, 'pcie_gen'), GENERATIONS, parse.parseCount),
    ...fields.values('pcie', childOf(link, 'link_widths'), WIDTHS, parse.parseLanes),
    ...fields.values('pcie', pci, { replays: 'replay_counter' }, parse.parseCount),
    ...fields.values('pcie', pci, THROUGHPUT, parse.parseBytesPerSecond),
  };
}

/** Pages are retired on GPUs before Ampere, rows remapped since. */
function wornMemory(
  fields: Fields,
  gpu: XmlElement,
): Pick<GpuReading, 'retiredPages' | 'remappedRows' | 'remapPending' | 'remapFailure'> {
  const rows = fields.section('remapped_rows', childOf(gpu, 'remapped_rows'));
  const isSaid = (field: string, name: string) => fields.value(field, [childOf(rows, name)], parse.parseYes);
  return {
    retiredPages: fields.values('retired_pages', childOf(gpu, 'retired_pages'), RETIRED, parse.parseCount),
    remappedRows: fields.values('remapped_rows', rows, REMAPPED, parse.parseCount),
    remapPending: isSaid('remap_pending', 'remapped_row_pending'),
    remapFailure: isSaid('remap_failure', 'remapped_row_failure'),
  };
}
