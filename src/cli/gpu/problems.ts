import type { GpusReading } from '../../app/gpus.ts';
import type { SeenGpu } from '../../app/seen-gpus.ts';
import type { GpuCollection } from '../../domain/gpu-collection.ts';

/** A sentence for everything that could not be read, with what to do; also where there is no GPU at all. */
export function gpuProblems({ gpus, nvidia, problems }: GpusReading): readonly string[] {
  const told = nvidia?.problem === undefined ? [] : [nvidiaProblem(nvidia, nvidia.problem, gpus)];
  const all = [...told, ...problems];
  return gpus.length === 0 && all.length === 0 ? [noGpu(nvidia)] : all;
}

/** Whether all GPUs were read that could be: none is lost, and of none it is not known why nobody tells of it. */
export function isAllRead({ gpus, nvidia }: GpusReading): boolean {
  const isUnread = ({ state, reading }: SeenGpu) =>
    state === 'lost' || (state === 'unread' && !(reading.vendor === 'nvidia' && nvidia === undefined));
  return !gpus.some(isUnread);
}

function noGpu(nvidia: GpuCollection | undefined): string {
  const said = nvidia?.absence?.problem ?? 'nvidia-smi shows none';
  return `no GPU was found: ${nvidia === undefined ? 'nvidia-smi is switched off' : said}; there is none of NVIDIA, AMD or Intel on the PCI bus, no card in /sys/class/drm, and this is no Jetson`;
}

function nvidiaProblem(collection: GpuCollection, problem: string, gpus: readonly SeenGpu[]): string {
  const advice = adviceFor(collection, gpus);
  return `NVIDIA GPUs cannot be read: ${problem}${advice === undefined ? '' : `. ${advice}`}`;
}

/** What to do beyond what the problem says itself. */
function adviceFor({ failures, exitCode }: GpuCollection, gpus: readonly SeenGpu[]): string | undefined {
  if ((failures.timeout ?? 0) > 0) return undefined;
  const other = otherDriver(gpus);
  if (other !== undefined) return other;
  if ((failures.missing ?? 0) > 0) {
    return 'Install it, or say where it is: exporter.gpu.nvidia.path in the file of --config';
  }
  return exitCode === undefined ? undefined : ADVICE.get(exitCode);
}

/** By the exit codes of nvidia-smi, which are those of NVML (nvmlReturn_t). */
const ADVICE: ReadonlyMap<number, string> = new Map([
  [4, 'This user may not: be root, or be let to read and write /dev/nvidia*'],
  [9, 'The driver is not loaded: modprobe nvidia; if that fails, dkms status and dmesg tell why'],
  [12, 'The libraries of the driver are missing: install those of its version'],
  [
    18,
    'The libraries and the loaded driver are of different versions, as after an update: reboot the machine',
  ],
]);

/** nvidia-smi works with NVIDIA's own driver, as root may have forgotten who installed only the tools. */
function otherDriver(gpus: readonly SeenGpu[]): string | undefined {
  const cards = gpus.filter(({ reading, state }) => reading.vendor === 'nvidia' && state !== 'given-away');
  const driver = cards.map((card) => card.driver).find((one) => one !== '' && !one.startsWith('nvidia'));
  return driver === undefined
    ? undefined
    : `The card is with the driver ${driver}, and nvidia-smi works with NVIDIA's own alone: install and load that`;
}
