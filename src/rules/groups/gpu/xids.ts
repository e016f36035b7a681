import { CRITICAL_XIDS } from '../../../domain/kernel-log.ts';
import { happened } from '../../happened.ts';
import { inParentheses } from '../../indented.ts';
import type { AlertRule } from '../../rule.ts';

/** 154 only says what should be done about a GPU, also that nothing has to: gpu_recovery_action tells which. */
const RECOVERY_XID = 154;

/** Xids after which a GPU needs somebody; as text, for PromQL. */
export const CRITICAL_TIER: readonly string[] = CRITICAL_XIDS.filter((xid) => xid !== RECOVERY_XID).map(
  String,
);

/**
 * Xids of memory that is getting worse and is under control: a row remapped, many errors corrected, one contained.
 *
 * `other` is what fettle counts together, when there are too many different ones.
 */
export const WARNING_TIER: readonly string[] = ['63', '92', '94', 'other'];

/** Xids by which a program fails, its own fault or not, and the GPU goes on. */
export const PROGRAM_TIER: readonly string[] = [
  ...['8', '13', '31', '32', '39', '40', '41', '68', '69', '71', '80', '96'],
];

/** What the driver reports in the log of the kernel: Xids, in tiers that have none in common. */
export const GPU_XIDS: readonly AlertRule[] = [
  {
    alert: 'GpuXidCritical',
    comment: `By the time of the last line, not by increase(): that would miss the first one, and a figure that says "the last Xid was 79" would never end. So it ends ten minutes after the last line.

Xid 154 is left out: it says what should be done, and may say "nothing". GpuRecoveryActionNeeded has that.`,
    expr: recent(CRITICAL_TIER),
    for: '5s',
    severity: 'critical',
    summary: 'A GPU has reported an error that it does not get over by itself.',
    description:
      'GPU {{ $labels.uuid }} at {{ $labels.pci_bus_id }} of {{ $labels.instance }} has reported Xid {{ $labels.xid }}. Restarting what runs on it does not help: drain it, then reset it (`nvidia-smi --gpu-reset -i {{ $labels.pci_bus_id }}`) or reboot. The runbook says which Xid asks for what.',
  },
  {
    alert: 'GpuXidWarning',
    comment: 'Memory that is getting worse and is under control. Otherwise as GpuXidCritical.',
    expr: recent(WARNING_TIER),
    for: '5s',
    severity: 'warning',
    summary: 'A GPU has reported a memory error that it could contain.',
    description:
      'GPU {{ $labels.uuid }} at {{ $labels.pci_bus_id }} of {{ $labels.instance }} has reported Xid {{ $labels.xid }}. What ran in that memory may have failed. Plan a reset of the GPU, and look at `nvidia-smi -q -d ECC,ROW_REMAPPER` for how often it happens.',
  },
  {
    alert: 'GpuXidInUnit',
    comment: `A program has failed on the GPU, and the log names a process of this unit. It may be well again already: fettle looks before it does anything. One alert a unit, however many Xids and GPUs.

Units of users' own managers are left out: fettle repairs none of them.`,
    expr: `max by (job, instance, unit) ${inParentheses(
      happened(
        `gpu_unit_xid_errors_total{job="fettle",scope="system",unit!="",${oneOf(PROGRAM_TIER)}}`,
        '10m',
      ),
    )}`,
    for: '5s',
    severity: 'warning',
    repairs: { manager: 'systemd', unit: '{{ $labels.unit }}' },
    summary: 'A service has failed on a GPU.',
    description:
      'The driver on {{ $labels.instance }} has reported an Xid in which a process of {{ $labels.unit }} is named. If the service hangs or answers nonsense since, restart it: `systemctl restart {{ $labels.unit }}`. `journalctl -k -g Xid` has the lines, `journalctl -u {{ $labels.unit }} -e` the other side.',
  },
];

function recent(xids: readonly string[]): string {
  return `time() - last_over_time(gpu_xid_last_timestamp_seconds{job="fettle",${oneOf(xids)}}[2m]) < 600`;
}

function oneOf(xids: readonly string[]): string {
  return `xid=~"${xids.join('|')}"`;
}
