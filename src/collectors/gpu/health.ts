import type { EccCount } from '../../domain/gpu.ts';
import { defineMetric, sample } from '../../domain/metric.ts';
import { gpuLabels } from './labels.ts';
import { type GpuRow, several, single } from './rows.ts';

const XML = 'nvidia-smi -q -x';

/** Whether a GPU is well: what slows it down, its link, its memory's errors, and what it asks for. */
export const HEALTH_ROWS: readonly GpuRow[] = [
  several(
    {
      name: 'gpu_throttle_active',
      help: 'Whether this slows the GPU down right now (1) or not (0).',
      source: `${XML} clocks_event_reasons or clocks_throttle_reasons`,
    },
    'reason',
    ({ throttle }) => throttle,
  ),
  several(
    {
      name: 'gpu_throttle_seconds_total',
      help: 'Time in which this slowed the GPU down, since the driver was loaded.',
      type: 'counter',
      source: `${XML} clocks_event_reasons_counters`,
    },
    'reason',
    ({ throttleSeconds }) => throttleSeconds,
  ),
  single(
    {
      name: 'gpu_pcie_link_generation',
      help: 'Generation of PCI Express that the link runs at now; it may sink while the GPU is idle.',
      source: `${XML} pci, or /sys/bus/pci/devices/*/current_link_speed`,
    },
    ({ pcie }) => pcie.generation,
  ),
  single(
    {
      name: 'gpu_pcie_link_generation_max',
      help: 'Highest generation of PCI Express that GPU and slot can do.',
      source: `${XML} pci, or /sys/bus/pci/devices/*/max_link_speed`,
    },
    ({ pcie }) => pcie.generationMax,
  ),
  single(
    {
      name: 'gpu_pcie_link_width',
      help: 'Lanes of PCI Express that the link uses now.',
      source: `${XML} pci, or /sys/bus/pci/devices/*/current_link_width`,
    },
    ({ pcie }) => pcie.width,
  ),
  single(
    {
      name: 'gpu_pcie_link_width_max',
      help: 'Most lanes of PCI Express that GPU and slot can use.',
      source: `${XML} pci, or /sys/bus/pci/devices/*/max_link_width`,
    },
    ({ pcie }) => pcie.widthMax,
  ),
  single(
    {
      name: 'gpu_pcie_replays_total',
      help: 'Packets that had to be sent again over PCI Express since the driver was loaded.',
      type: 'counter',
      source: `${XML} pci/replay_counter, or pcie_replay_count`,
    },
    ({ pcie }) => pcie.replays,
  ),
  several(
    {
      name: 'gpu_pcie_throughput_bytes_per_second',
      help: 'What went over PCI Express in a sample of 20 ms, seen from the GPU.',
      source: `${XML} pci/tx_util, rx_util`,
    },
    'direction',
    ({ pcie }) => ({
      ...(pcie.sentBytesPerSecond !== undefined && { sent: pcie.sentBytesPerSecond }),
      ...(pcie.receivedBytesPerSecond !== undefined && { received: pcie.receivedBytesPerSecond }),
    }),
  ),
  ecc(
    {
      name: 'gpu_ecc_errors_total',
      help: 'Errors in memory of the GPU since the driver was loaded.',
      type: 'counter',
      source: `${XML} ecc_errors/volatile`,
    },
    ({ eccVolatile }) => eccVolatile,
  ),
  ecc(
    {
      name: 'gpu_ecc_errors_aggregate',
      help: 'Errors in memory of the GPU over its life; the driver can be told to forget them.',
      type: 'gauge',
      source: `${XML} ecc_errors/aggregate`,
    },
    ({ eccAggregate }) => eccAggregate,
  ),
  several(
    {
      name: 'gpu_retired_pages',
      help: 'Pages of memory that are used no more, by the kind of error.',
      source: `${XML} retired_pages`,
    },
    'cause',
    ({ retiredPages }) => retiredPages,
  ),
  several(
    {
      name: 'gpu_remapped_rows',
      help: 'Rows of memory that others stand in for, by the kind of error.',
      source: `${XML} remapped_rows`,
    },
    'severity',
    ({ remappedRows }) => remappedRows,
  ),
  single(
    {
      name: 'gpu_remap_pending',
      help: 'Whether rows wait to be remapped, which takes a reset (1), or not (0).',
      source: `${XML} remapped_rows`,
    },
    ({ remapPending }) => remapPending,
  ),
  single(
    {
      name: 'gpu_remap_failure',
      help: 'Whether a row could not be remapped (1) or not (0): the GPU should be replaced.',
      source: `${XML} remapped_rows`,
    },
    ({ remapFailure }) => remapFailure,
  ),
  single(
    {
      name: 'gpu_recovery_action',
      help: 'What the GPU asks for: 0 nothing, 1 a reset, 2 a reboot, 3 to drain its peers, 4 to drain and reset.',
      source: `${XML} gpu_recovery_action or gpu_reset_status, or Xid 154 in the kernel log where that is newer`,
    },
    ({ recoveryAction }) => recoveryAction,
  ),
];

function ecc(
  spec: Pick<GpuRow['metric'], 'name' | 'help' | 'type' | 'source'>,
  countsOf: (gpu: Parameters<GpuRow['samplesOf']>[0]) => readonly EccCount[],
): GpuRow {
  const metric = defineMetric({ ...spec, labels: ['gpu', 'uuid', 'memory', 'severity'] });
  return {
    metric,
    samplesOf: (reading) => {
      return countsOf(reading).map(({ memory, severity, count }) =>
        sample(metric, { ...gpuLabels(reading), memory, severity }, count),
      );
    },
  };
}
