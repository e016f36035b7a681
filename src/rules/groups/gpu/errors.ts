import { above } from '../../compare.ts';
import { happened } from '../../happened.ts';
import { inParentheses } from '../../indented.ts';
import type { AlertRule } from '../../rule.ts';

/** What GPUs say of their memory, their link, and what they ask for. */
export const GPU_ERRORS: readonly AlertRule[] = [
  {
    alert: 'GpuRecoveryActionNeeded',
    comment:
      'The best single word on whether a GPU is sick. 3 only asks that what it talks to over NVLink is drained, which services do by ending.',
    expr: 'last_over_time(gpu_recovery_action{job="fettle"}[2m]) > 0',
    for: '1m',
    severity: 'critical',
    summary: 'A GPU asks for a reset or a reboot.',
    description:
      'GPU {{ $labels.gpu }} ({{ $labels.uuid }}) of {{ $labels.instance }} asks for {{ if eq $value 1.0 }}a reset{{ else if eq $value 2.0 }}a reboot of the machine{{ else if eq $value 3.0 }}its peers to be drained{{ else }}being drained and reset{{ end }}. Stop what runs on it and do that; until then what it computes cannot be trusted.',
  },
  {
    alert: 'GpuUncorrectableEcc',
    comment:
      'Errors since the driver was loaded, so the count itself would alert until the next reboot. It ends an hour after the last error; row remapping and the recovery action tell whether anything is left to do.',
    expr: happened('gpu_ecc_errors_total{job="fettle",severity="uncorrected"}', '1h'),
    for: '5s',
    severity: 'critical',
    summary: 'A GPU has found memory errors that it could not correct.',
    description:
      'GPU {{ $labels.gpu }} ({{ $labels.uuid }}) of {{ $labels.instance }} has found errors in its {{ $labels.memory }} that it could not correct: what was computed there is wrong. Restart the job, and reset the GPU when it is idle. If it comes back, replace the GPU.',
  },
  {
    alert: 'GpuRowRemapFailure',
    comment:
      'It stays until the GPU is replaced, which is what it asks for. Silence it by its uuid while the new one is on its way.',
    expr: 'last_over_time(gpu_remap_failure{job="fettle"}[2m]) == 1',
    for: '1m',
    severity: 'critical',
    summary: 'A GPU has no spare memory rows left and should be replaced.',
    description:
      'GPU {{ $labels.gpu }} ({{ $labels.uuid }}) of {{ $labels.instance }} could not remap a broken row of its memory. Take it out of use and have it replaced; `nvidia-smi -q -d ROW_REMAPPER` is what the vendor wants to see.',
  },
  {
    alert: 'GpuRowRemapPending',
    comment: 'Only a reset makes the remapping happen; until then the broken row is in use.',
    expr: 'last_over_time(gpu_remap_pending{job="fettle"}[2m]) == 1',
    for: '5m',
    severity: 'warning',
    summary: 'A GPU waits for a reset to remap a broken memory row.',
    description:
      'GPU {{ $labels.gpu }} ({{ $labels.uuid }}) of {{ $labels.instance }} has a broken row of memory that is remapped at its next reset. Drain it when convenient and run `nvidia-smi --gpu-reset -i {{ $labels.gpu }}`, or reboot.',
  },
  {
    alert: 'GpuPagesRetired',
    comment: `Older GPUs retire pages, for ever: the count itself would alert for ever. What counts is that it has grown within an hour, for then a reset is due. A count that is seen for the first time has not grown.`,
    expr: `last_over_time(gpu_retired_pages{job="fettle"}[2m])
  > last_over_time(gpu_retired_pages{job="fettle"}[6h] offset 1h)`,
    for: '5s',
    severity: 'warning',
    summary: 'A GPU has retired another page of its memory.',
    description:
      'GPU {{ $labels.gpu }} ({{ $labels.uuid }}) of {{ $labels.instance }} has retired a page of memory ({{ $labels.cause }}, {{ $value }} of them so far). It is out of use from the next reset on: drain the GPU when convenient and reset it. With 60 pages the vendor replaces it.',
  },
  {
    alert: 'GpuPowerBrake',
    comment:
      'The power supply, or the board, makes the GPU halve its clocks. Half of five minutes is enough: it comes and goes with the load, and a wait for five minutes without a gap would be in vain.',
    expr: 'avg_over_time(gpu_throttle_active{job="fettle",reason="hw_power_brake"}[5m]) > 0.5',
    for: '1m',
    keepFiringFor: '5m',
    severity: 'warning',
    summary: 'The power supply slows a GPU down.',
    description:
      'GPU {{ $labels.gpu }} ({{ $labels.uuid }}) of {{ $labels.instance }} is slowed down by its power brake. Check the power cables of the card and the load of the power supply, or set a lower limit with `nvidia-smi -i {{ $labels.gpu }} -pl WATTS`.',
  },
  {
    alert: 'GpuPcieLinkDegraded',
    comment: `Fewer lanes than both ends can do, or an older generation while the GPU works: an idle one lowers the generation to save power, so that alone means nothing.`,
    expr: `max_over_time(gpu_pcie_link_width{job="fettle"}[10m])
  < last_over_time(gpu_pcie_link_width_max{job="fettle"}[10m])
or
max_over_time(gpu_pcie_link_generation{job="fettle"}[10m])
  < last_over_time(gpu_pcie_link_generation_max{job="fettle"}[10m])
  and on (job, instance, gpu, uuid) avg_over_time(gpu_utilization_ratio{job="fettle",engine="gpu"}[10m]) > 0.2`,
    for: '15m',
    severity: 'warning',
    summary: 'A GPU is connected more slowly than it could be.',
    description:
      'The PCI Express link of GPU {{ $labels.gpu }} ({{ $labels.uuid }}) of {{ $labels.instance }} runs with fewer lanes or at an older generation than the GPU and its slot can do. Reseat the card or its riser, clean the contacts, and look at the settings of the slot in the firmware.',
  },
  {
    alert: 'GpuPcieErrors',
    comment: `Errors that the link could not correct, or so many that were corrected that something is wrong with it. Single corrected ones are normal.

The series have a severity of their own, which that of the alert takes the place of. So fatal and other errors are one alert: as two they would have the same labels, and Prometheus would refuse the rule.`,
    expr: `max by (job, instance, pci_bus_id) ${inParentheses(happened('gpu_pcie_aer_errors_total{job="fettle",severity=~"fatal|nonfatal"}', '1h'))}
or
${above('increase(gpu_pcie_replays_total{job="fettle"}[1h])', 'gpu_pcie_errors_1h')}`,
    for: '5s',
    severity: 'warning',
    summary: 'The PCI Express link of a GPU has errors.',
    description:
      'The link of GPU {{ if $labels.gpu }}{{ $labels.gpu }}{{ else }}{{ $labels.pci_bus_id }}{{ end }} of {{ $labels.instance }} has had errors within the last hour. It often comes before a GPU that falls off the bus: reseat the card or its riser, and look at `journalctl -k -g AER`.',
  },
];
