import { above } from '../../compare.ts';
import type { AlertRule } from '../../rule.ts';

/** Whether GPUs can be read. */
export const GPU_COLLECTION: readonly AlertRule[] = [
  {
    alert: 'GpuCollectionFailing',
    comment:
      'No attempt within the last two minutes has succeeded, and so for ten. One that succeeds now and then is told by GpuCollectionSlow or not at all.',
    expr: 'max_over_time(gpu_collect_success{job="fettle"}[2m]) == 0',
    for: '10m',
    severity: 'warning',
    summary: 'GPUs cannot be read.',
    description:
      'fettle on {{ $labels.instance }} has not been able to read the GPUs ({{ $labels.backend }}) for 10 minutes, so no other rule about them can fire. Run `fettle doctor` and `nvidia-smi` there, and read `journalctl -u fettle-exporter -e` for the reason.',
  },
  {
    alert: 'GpuCollectionStale',
    comment:
      'What the last reading says of now gets less and less true. A driver that hangs is seen here first, however the attempts go.',
    expr: above(
      'time() - last_over_time(gpu_collect_last_success_timestamp_seconds{job="fettle"}[2m])',
      'gpu_collect_age_seconds',
    ),
    for: '1m',
    severity: 'warning',
    summary: 'The last reading of the GPUs is old.',
    description:
      'The GPUs of {{ $labels.instance }} ({{ $labels.backend }}) were last read {{ $value | humanizeDuration }} ago. Look whether `nvidia-smi` answers there; if it hangs, the driver does, and only a reboot helps.',
  },
  {
    alert: 'GpuCollectionSlow',
    comment:
      'A slow driver is one that struggles: with the log of Xid 119 each call waits 6 s. Without persistence mode, and with many GPUs, it may be normal: raise the threshold then.',
    expr: above('avg_over_time(gpu_collect_duration_seconds{job="fettle"}[10m])', 'gpu_collect_seconds'),
    for: '10m',
    severity: 'warning',
    summary: 'Reading the GPUs takes long.',
    description:
      'Reading the GPUs of {{ $labels.instance }} ({{ $labels.backend }}) takes {{ $value | humanizeDuration }}. Switch persistence mode on (`systemctl enable --now nvidia-persistenced`), and read `journalctl -k` for Xids.',
  },
  {
    alert: 'GpuDriverHung',
    comment:
      'Not even SIGKILL ends a process that waits in the driver. No other is started meanwhile, so nothing new is known of the GPUs.',
    expr: 'last_over_time(gpu_collect_stuck_processes{job="fettle"}[2m]) > 0',
    for: '2m',
    severity: 'critical',
    summary: 'The driver of the GPUs hangs.',
    description:
      'On {{ $labels.instance }} a run of {{ $labels.backend }} hangs in the driver and cannot be killed. What uses the GPUs hangs, too, or soon will. Save `journalctl -k` and, if you need NVIDIA for it, the output of `nvidia-bug-report.sh`; then reboot.',
  },
];
