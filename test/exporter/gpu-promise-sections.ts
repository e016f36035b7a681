import { unitOfPid } from '../golden/nvidia-page.ts';
import { type DocumentElement, elementsOn, isNoValue, leavesOf } from './gpu-document.ts';
import { count } from './gpu-promise-rows.ts';
import type { Range } from './series.ts';

/** A series and what it should say. */
export interface Telling {
  readonly metric: string;
  /** Beside `gpu` and `uuid`. */
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number | Range;
}

/** A part of a document whose series come of several elements. */
interface PromisedSection {
  readonly metrics: readonly string[];
  /** The paths of the values that they tell. */
  readonly paths: RegExp;
  readonly of: (log: DocumentElement, gpu: DocumentElement) => readonly Telling[];
}

const textOn = (element: DocumentElement, path: string): string => {
  const text = elementsOn(element, [path])[0]?.text ?? '';
  return isNoValue(text) ? '' : text;
};

const numberOn = (element: DocumentElement, path: string): number | undefined => count(textOn(element, path));

/** Undefined if one of them is. */
const sum = (...numbers: readonly (number | undefined)[]): number | undefined =>
  numbers.reduce((a, b) => (a === undefined || b === undefined ? undefined : a + b));

const mebibytesOn = (element: DocumentElement, path: string): number | undefined => {
  const number = count(textOn(element, path).replace(/ MiB$/, ''));
  return number === undefined ? undefined : number * 2 ** 20;
};

/** Those series of which there is a value. */
function tellings(
  metric: string,
  values: readonly (readonly [Telling['labels'], number | Range | undefined])[],
): readonly Telling[] {
  return values.flatMap(([labels, value]) => (value === undefined ? [] : [{ metric, labels, value }]));
}

function infoOf(log: DocumentElement, gpu: DocumentElement): readonly Telling[] {
  const name = textOn(gpu, 'product_name');
  const [, domain = '', rest = ''] =
    /^0*([0-9A-F]*?):(.*)$/i.exec(textOn(gpu, 'pci/pci_bus_id') || gpu.id) ?? [];
  const labels = {
    vendor: name.endsWith('(nvgpu)') ? 'jetson' : 'nvidia',
    name,
    pci_bus_id: /^[0-9a-f]{2}:[0-9a-f]{2}\.\d$/i.test(rest)
      ? `${domain.padStart(4, '0')}:${rest}`.toLowerCase()
      : '',
    driver_version: textOn(log, 'driver_version'),
    cuda_version: textOn(log, 'cuda_version'),
    vbios_version: textOn(gpu, 'vbios_version'),
    persistence_mode: textOn(gpu, 'persistence_mode'),
    compute_mode: textOn(gpu, 'compute_mode'),
  };
  return tellings('gpu_info', [[labels, 1]]);
}

/** In three layouts: before Ampere SRAM is what is left of the total; since 570 uncorrectable SRAM is in two parts. */
function eccOf(metric: string, path: string, gpu: DocumentElement): readonly Telling[] {
  const at = (name: string) => numberOn(gpu, `ecc_errors/${path}/${name}`);
  const rest = (bits: string) => {
    const [total, dram] = [at(`${bits}/total`), at(`${bits}/device_memory`)];
    return total === undefined || dram === undefined ? undefined : total - dram;
  };
  const inParts = sum(at('sram_uncorrectable_parity'), at('sram_uncorrectable_secded'));
  return tellings(metric, [
    [{ memory: 'dram', severity: 'corrected' }, at('dram_correctable') ?? at('single_bit/device_memory')],
    [{ memory: 'dram', severity: 'uncorrected' }, at('dram_uncorrectable') ?? at('double_bit/device_memory')],
    [{ memory: 'sram', severity: 'corrected' }, at('sram_correctable') ?? rest('single_bit')],
    [{ memory: 'sram', severity: 'uncorrected' }, inParts ?? at('sram_uncorrectable') ?? rest('double_bit')],
  ]);
}

const ACTIONS = ['None', 'GPU Reset', 'Node Reboot', 'Drain P2P', 'Drain and Reset'];

function recoveryOf(_: DocumentElement, gpu: DocumentElement): readonly Telling[] {
  const action = ACTIONS.indexOf(elementsOn(gpu, ['gpu_recovery_action'])[0]?.text ?? '');
  const reset = textOn(gpu, 'gpu_reset_status/reset_required');
  const drain = textOn(gpu, 'gpu_reset_status/drain_and_reset_recommended');
  const byValues = leavesOf(gpu).some(({ element }) => /^\[?GPU requires reset\]?$/.test(element.text));
  const byStatus = { Yes: 1, No: drain === 'Yes' ? 4 : 0 }[reset] ?? (drain === 'Yes' ? 4 : undefined);
  return tellings('gpu_recovery_action', [
    [{}, action >= 0 ? action : (byStatus ?? (byValues ? 1 : undefined))],
  ]);
}

/** Compute instances of the same GPU instance tell the same memory. */
function migOf(_: DocumentElement, gpu: DocumentElement): readonly Telling[] {
  const devices = elementsOn(gpu, ['mig_devices']).flatMap(({ children }) => children);
  return devices.toReversed().flatMap((device) => {
    const own = { gpu_instance: textOn(device, 'gpu_instance_id') };
    const compute = textOn(device, 'compute_instance_id');
    return [
      ...tellings('gpu_mig_info', [[{ ...own, compute_instance: compute, profile: '' }, 1]]),
      ...tellings('gpu_mig_memory_total_bytes', [[own, mebibytesOn(device, 'fb_memory_usage/total')]]),
      ...tellings('gpu_mig_memory_used_bytes', [[own, mebibytesOn(device, 'fb_memory_usage/used')]]),
    ];
  });
}

/** No list at all is not an empty one. */
function processesOf(_: DocumentElement, gpu: DocumentElement): readonly Telling[] {
  const [section] = elementsOn(gpu, ['processes']);
  if (section === undefined || (section.text !== '' && section.children.length === 0)) return [];
  const infos = section.children.filter((info) => textOn(info, 'pid') !== '');
  const ofType = (type: string) => infos.filter((info) => textOn(info, 'type') === type).length;
  return [
    ...tellings(
      'gpu_processes',
      ['C', 'G', 'C+G'].map((type) => [{ type }, ofType(type)]),
    ),
    ...infos.flatMap((info) => processOf(info, infos)),
  ];
}

/** One that is listed as computing and as drawing, or for several instances, uses the most of them, or all of it. */
function processOf(info: DocumentElement, all: readonly DocumentElement[]): readonly Telling[] {
  const pid = textOn(info, 'pid');
  const rows = all.filter((one) => textOn(one, 'pid') === pid);
  const memory = rows.flatMap((one) => mebibytesOn(one, 'used_memory') ?? []);
  if (memory.length === 0) return [];
  const { unit, scope, user = '' } = unitOfPid(Number(pid));
  const name = textOn(rows[0] ?? info, 'process_name');
  const value = { least: Math.max(...memory), most: memory.reduce((a, b) => a + b) };
  return tellings('gpu_process_memory_used_bytes', [
    [{ unit, scope, user, container: '', pid, name }, value],
  ]);
}

/** What the catalogue promises beside single elements. */
export const PROMISED_SECTIONS: readonly PromisedSection[] = [
  {
    metrics: ['gpu_info'],
    paths: /^(uuid|product_name|pci\/pci_bus_id|vbios_version|persistence_mode|compute_mode)$/,
    of: infoOf,
  },
  {
    metrics: ['gpu_ecc_errors_total', 'gpu_ecc_errors_aggregate'],
    paths:
      /^ecc_errors\/(volatile|aggregate)\/((single|double)_bit\/(total|device_memory)|[ds]ram_(un)?correctable(_parity|_secded)?)$/,
    of: (_, gpu) => [
      ...eccOf('gpu_ecc_errors_total', 'volatile', gpu),
      ...eccOf('gpu_ecc_errors_aggregate', 'aggregate', gpu),
    ],
  },
  {
    metrics: ['gpu_recovery_action'],
    paths: /^gpu_(recovery_action|reset_status\/(reset_required|drain_and_reset_recommended))$/,
    of: recoveryOf,
  },
  {
    metrics: ['gpu_mig_info', 'gpu_mig_memory_total_bytes', 'gpu_mig_memory_used_bytes'],
    paths: /^mig_devices\/mig_device\/((gpu|compute)_instance_id|fb_memory_usage\/(total|used))$/,
    of: migOf,
  },
  {
    metrics: ['gpu_processes', 'gpu_process_memory_used_bytes'],
    paths: /^processes\/process_info\/(pid|type|process_name|used_memory)$/,
    of: processesOf,
  },
];
