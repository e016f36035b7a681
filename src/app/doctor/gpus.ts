import { fail, ok, type Verdict, warn } from '../../domain/finding.ts';
import type { GpuAbsence } from '../../domain/gpu-collection.ts';
import type { GpuInventory } from '../../domain/inventory.ts';
import type { GpusReading } from '../gpus.ts';
import type { SeenGpu } from '../seen-gpus.ts';

/** Says in sentences what could not be read of GPUs, and what to do. */
export type TellGpuProblems = (reading: GpusReading) => readonly string[];

/** Whether all GPUs on the bus can be read. `tellProblems` is only asked where there are GPUs, or should be. */
export function gpuVerdict(reading: GpusReading, tellProblems: TellGpuProblems): Verdict {
  const { gpus, nvidia, problems } = reading;
  if (gpus.length === 0 && nvidia?.problem === undefined && problems.length === 0) {
    return withoutGpus(nvidia?.absence);
  }
  const told = `${countWords(gpus)}${faults(gpus)}`;
  const sentences = tellProblems(reading);
  if (sentences.length > 0) return fail(told, sentences.join('. '));
  const isIn = (state: SeenGpu['state']) => gpus.some((gpu) => gpu.state === state);
  if (isIn('lost')) return fail(told, 'Drain and reboot the machine; see dmesg for Xid 79 and the PCI bus');
  if (isIn('driverless')) return warn(told, 'Install the driver of that GPU, and load it');
  const isUnread = nvidia !== undefined && isIn('unread');
  return isUnread ? warn(told, 'See fettle gpu and dmesg for why its driver does not tell of it') : ok(told);
}

/** A machine may have the driver's tools and no GPU; one whose only GPU has left the bus looks the same. */
function withoutGpus(absence: GpuAbsence | undefined): Verdict {
  const told = 'there is none on the PCI bus, and this is no Jetson';
  if (absence === undefined || absence.reason === 'missing') return ok(told);
  return warn(
    `${told}; ${absence.problem}`,
    'If there should be one, see lspci and dmesg for the PCI bus; else set exporter.gpu.nvidia.reader: off',
  );
}

function countWords(gpus: readonly SeenGpu[]): string {
  const read = gpus.filter(({ state }) => state === 'present' || state === 'asleep').length;
  return `${read} of ${gpus.length} ${gpus.length === 1 ? 'GPU' : 'GPUs'} can be read`;
}

function faults(gpus: readonly SeenGpu[]): string {
  const told = gpus
    .filter(({ state }) => state !== 'present')
    .map(({ reading, state }) => `${reading.pciBusId} is ${STATE_WORDS[state]}`);
  return told.length === 0 ? '' : `: ${told.join(', ')}`;
}

const STATE_WORDS: Readonly<Record<SeenGpu['state'], string>> = {
  present: 'there',
  lost: 'lost',
  asleep: 'asleep',
  'given-away': 'given to a virtual machine',
  driverless: 'without a driver',
  unread: 'not read',
};

/** GPUs for the inventory. */
export function gpuInventory({ gpus }: GpusReading): readonly GpuInventory[] {
  return gpus.map(({ reading, state, driver }) => ({
    vendor: reading.vendor,
    name: reading.info.name,
    driver: `${driver} ${reading.info.driverVersion}`.trim(),
    pciBusId: reading.pciBusId,
    note: state === 'present' ? '' : STATE_WORDS[state],
  }));
}
