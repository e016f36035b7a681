import type { AlertRule } from '../../rule.ts';

/** Whether the GPUs of the machine are there. */
export const GPU_PRESENCE: readonly AlertRule[] = [
  {
    alert: 'GpuLost',
    comment: `Three witnesses are believed each alone: the PCI bus, nvidia-smi, and the log of the kernel (Xid 79, or a driver's own sentence). nvidia-smi by itself falls silent exactly when a GPU is lost. It ends when the GPU gives values again.`,
    expr: 'last_over_time(gpu_lost{job="fettle"}[2m]) == 1',
    for: '15s',
    severity: 'critical',
    summary: 'A GPU has fallen off the bus.',
    description:
      'GPU {{ $labels.uuid }} at {{ $labels.pci_bus_id }} of {{ $labels.instance }} does not answer any more. Restarting services does not bring it back: drain the machine, then switch it off and on. Look for power, heat and riser if it happens again.',
  },
  {
    alert: 'GpuMissing',
    comment: `Fewer GPUs than the bus has, or than there were within six hours: the driver has not taken one, or a reboot has come up without it. The last part is a machine that has lost its only GPU and so has no series of it any more; that nvidia-smi fails is GpuCollectionFailing. GpuLost, which knows which one, is not told twice.

It ends by itself six hours after a GPU was taken out on purpose.`,
    expr: `(
  max by (job, instance, vendor) (last_over_time(gpu_devices{job="fettle",state="visible"}[2m]))
    < max by (job, instance, vendor) (last_over_time(gpu_devices{job="fettle",state="expected"}[2m]))
  or
  max by (job, instance, vendor) (last_over_time(gpu_devices{job="fettle",state="visible"}[2m]))
    < max by (job, instance, vendor) (max_over_time(gpu_devices{job="fettle",state="visible"}[6h]))
  or
  max by (job, instance, vendor) (max_over_time(gpu_devices{job="fettle",state="visible"}[6h])) > 0
    unless on (job, instance, vendor) last_over_time(gpu_devices{job="fettle"}[5m])
    and on (job, instance) last_over_time(up{job="fettle"}[2m]) == 1
    unless on (job, instance) last_over_time(gpu_collect_success{job="fettle"}[5m]) == 0
)
  unless on (job, instance, vendor) last_over_time(gpu_lost{job="fettle"}[2m]) == 1`,
    for: '5m',
    severity: 'critical',
    summary: 'There are fewer GPUs than there should be.',
    description:
      'The driver on {{ $labels.instance }} shows fewer {{ $labels.vendor }} GPUs than the PCI bus has, or than there were within the last 6 hours. Compare `lspci -d ::0300`, `lspci -d ::0302` and `fettle gpu`, and read `journalctl -k` for why the driver did not take one.',
  },
  {
    alert: 'GpuServiceDown',
    comment: `Only if it is enabled and there is a GPU for it: on many machines it is installed and not wanted. One that has failed is UnitFailed.

The last line lets go at once of a service that runs again, also where exporter.systemd.unit_state is nonzero.`,
    expr: `last_over_time(systemd_unit_state{job="fettle",name=~"nvidia-(persistenced|fabricmanager)[.]service",state="inactive"}[2m]) == 1
  and on (job, instance, name) last_over_time(systemd_unit_file_state_info{job="fettle",state="enabled"}[2m])
  and on (job, instance) last_over_time(gpu_info{job="fettle",vendor="nvidia"}[5m])
  unless on (job, instance, name) systemd_unit_state{job="fettle",state!="inactive"} == 1`,
    for: '5m',
    severity: 'warning',
    repairs: { manager: 'systemd', unit: '{{ $labels.name }}' },
    summary: 'A service that the GPUs need does not run.',
    description:
      '{{ $labels.name }} on {{ $labels.instance }} is enabled and does not run. Without nvidia-persistenced each use of an idle GPU starts slowly, without the fabric manager GPUs behind NVSwitches compute nothing. Read `journalctl -u {{ $labels.name }} -e`, then `systemctl start {{ $labels.name }}`.',
  },
];
