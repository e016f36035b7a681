import { defineMetric, sample } from '../../domain/metric.ts';
import { gpuLabels } from './labels.ts';
import type { GpuRow } from './rows.ts';

const XML = 'nvidia-smi -q -x';

const INFO = defineMetric({
  name: 'gpu_info',
  help: 'Always 1; what the GPU is. uuid is as the driver prints it, or the PCI address where it prints none.',
  type: 'gauge',
  labels: [
    'gpu',
    'uuid',
    'vendor',
    'name',
    'pci_bus_id',
    'driver_version',
    'cuda_version',
    'vbios_version',
    'persistence_mode',
    'compute_mode',
  ],
  source: `${XML}, or /sys/class/drm/card*/device`,
});

const MIG_LABELS = ['gpu', 'uuid', 'gpu_instance'] as const;

const MIG_INFO = defineMetric({
  name: 'gpu_mig_info',
  help: 'Always 1; a part of a GPU that has been divided (MIG), and what computes in it.',
  type: 'gauge',
  labels: [...MIG_LABELS, 'compute_instance', 'profile'],
  source: `${XML} mig_devices`,
});

const MIG_TOTAL = defineMetric({
  name: 'gpu_mig_memory_total_bytes',
  help: 'Memory of a part of a GPU (MIG).',
  type: 'gauge',
  labels: MIG_LABELS,
  source: `${XML} mig_devices`,
});

const MIG_USED = defineMetric({
  name: 'gpu_mig_memory_used_bytes',
  help: 'Memory in use of a part of a GPU (MIG).',
  type: 'gauge',
  labels: MIG_LABELS,
  source: `${XML} mig_devices`,
});

/** What a GPU is, and the parts that it has been divided into. */
export const IDENTITY_ROWS: readonly GpuRow[] = [
  {
    metric: INFO,
    samplesOf: ({ vendor, pciBusId, info, ...identity }) => [
      sample(
        INFO,
        {
          ...gpuLabels({ ...identity, pciBusId }),
          vendor,
          name: info.name,
          pci_bus_id: pciBusId,
          driver_version: info.driverVersion,
          cuda_version: info.cudaVersion,
          vbios_version: info.vbiosVersion,
          persistence_mode: info.persistenceMode,
          compute_mode: info.computeMode,
        },
        1,
      ),
    ],
  },
  {
    metric: MIG_INFO,
    samplesOf: ({ mig, ...identity }) =>
      mig.flatMap(({ gpuInstance, computeInstances, profile }) =>
        computeInstances.map((instance) =>
          sample(
            MIG_INFO,
            { ...gpuLabels(identity), gpu_instance: gpuInstance, compute_instance: instance, profile },
            1,
          ),
        ),
      ),
  },
  migMemory(MIG_TOTAL, 'total'),
  migMemory(MIG_USED, 'used'),
];

function migMemory(metric: typeof MIG_TOTAL, which: 'total' | 'used'): GpuRow {
  return {
    metric,
    samplesOf: ({ mig, ...identity }) =>
      mig.flatMap(({ gpuInstance, memory }) => {
        const bytes = memory[which];
        return bytes === undefined
          ? []
          : [sample(metric, { ...gpuLabels(identity), gpu_instance: gpuInstance }, bytes)];
      }),
  };
}
