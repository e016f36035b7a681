import { above } from '../../compare.ts';
import type { AlertRule } from '../../rule.ts';

const UNIT = 'systemd_unit_pressure';
const HOST = 'machine_pressure';

/** Stalls: time in which work waited for memory, disks or processors. */
export const PRESSURE: readonly AlertRule[] = [
  {
    alert: 'UnitMemoryStalled',
    comment: `Every task of the unit waits while the kernel looks for memory or reads back what it had dropped: thrashing, mostly right below MemoryMax= or MemoryHigh=.`,
    expr: above(`rate(${UNIT}_memory_stalled_seconds_total{job="fettle"}[5m])`, 'unit_memory_stalled_ratio'),
    for: '5m',
    severity: 'warning',
    about: '{{ $labels.name }}',
    summary: 'A unit stands still for want of memory.',
    description:
      '{{ $labels.name }} on {{ $labels.instance }} has stood still for memory more than 10 % of the time (or the threshold unit_memory_stalled_ratio) for 5 minutes. Compare its memory with MemoryHigh= and MemoryMax=, and the memory of the machine; give it more, or less to do.',
  },
  {
    alert: 'UnitIoStalled',
    comment: `Loading a model stalls a unit for a minute or two, so only ten minutes say something.`,
    expr: above(`rate(${UNIT}_io_stalled_seconds_total{job="fettle"}[5m])`, 'unit_io_stalled_ratio'),
    for: '10m',
    severity: 'warning',
    about: '{{ $labels.name }}',
    summary: 'A unit stands still for its disks.',
    description:
      '{{ $labels.name }} on {{ $labels.instance }} has waited for its disks more than half of the time (or the threshold unit_io_stalled_ratio) for 10 minutes. `iostat -x 5` shows which disk is busy, `journalctl -k` whether one reports errors.',
  },
  {
    alert: 'UnitCpuStarved',
    comment: `Some task of the unit could run and found no processor. Info: on a busy machine that is the price of using it.`,
    expr: above(`rate(${UNIT}_cpu_waiting_seconds_total{job="fettle"}[5m])`, 'unit_cpu_waiting_ratio'),
    for: '15m',
    severity: 'info',
    about: '{{ $labels.name }}',
    summary: 'A unit waits for processors.',
    description:
      'Tasks of {{ $labels.name }} on {{ $labels.instance }} have waited for a processor more than half of the time (or the threshold unit_cpu_waiting_ratio) for 15 minutes. `systemd-cgtop` shows who uses them; CPUWeight= says who comes first, CPUQuota= what it may use.',
  },
  {
    alert: 'HostMemoryStalled',
    comment: `The sign that comes before the OOM killer, and before a machine that answers nobody.`,
    expr: above(`rate(${HOST}_memory_stalled_seconds_total{job="fettle"}[5m])`, 'host_memory_stalled_ratio'),
    for: '5m',
    severity: 'critical',
    summary: 'A machine stands still for want of memory.',
    description:
      '{{ $labels.instance }} has stood still for memory more than 10 % of the time (or the threshold host_memory_stalled_ratio) for 5 minutes and may soon answer nobody. `systemd-cgtop -m` and `fettle units --all` show who has it; stop or restart the largest that can be spared.',
  },
  {
    alert: 'HostIoStalled',
    comment: `Every task that could run waits for a disk: one that dies, or a network file system that does not answer.`,
    expr: above(`rate(${HOST}_io_stalled_seconds_total{job="fettle"}[5m])`, 'host_io_stalled_ratio'),
    for: '10m',
    severity: 'warning',
    summary: 'A machine stands still for its disks.',
    description:
      '{{ $labels.instance }} has waited for disks more than half of the time (or the threshold host_io_stalled_ratio) for 10 minutes. `iostat -x 5` shows which disk is busy, `journalctl -k` whether one reports errors, and the alert DeviceHangs whether one does not answer at all.',
  },
  {
    alert: 'HostCpuStarved',
    comment: `Info, and only for figures near 1: some task nearly always waits. A batch job makes that on purpose.`,
    expr: above(`rate(${HOST}_cpu_waiting_seconds_total{job="fettle"}[5m])`, 'host_cpu_waiting_ratio'),
    for: '30m',
    severity: 'info',
    summary: 'A machine has more to do than processors.',
    description:
      'Tasks on {{ $labels.instance }} have waited for a processor more than 80 % of the time (or the threshold host_cpu_waiting_ratio) for 30 minutes. `systemd-cgtop` shows who uses them.',
  },
];
