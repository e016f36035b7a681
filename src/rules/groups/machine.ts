import { above, below } from '../compare.ts';
import { happened } from '../happened.ts';
import { inParentheses } from '../indented.ts';
import type { RuleGroup } from '../rule.ts';

/** File systems that people and services write to. */
const WRITABLE = 'job="fettle",mountpoint!~"/boot(/.*)?|/efi(/.*)?"';
const FREE_SHARE = `last_over_time(machine_filesystem_available_bytes{${WRITABLE}}[5m]) / last_over_time(machine_filesystem_size_bytes{${WRITABLE}}[5m])`;

/** Only those that can be written to: one that is read-only is full for ever and harms nobody. */
const READ_ONLY =
  'unless on (job, instance, mountpoint) last_over_time(machine_filesystem_read_only{job="fettle"}[5m]) == 1';

/** Alerts about the machine that all services share. */
export const MACHINE: RuleGroup = {
  name: 'machine',
  comment: `Alerts about the machine that all services share: room for models, memory, file systems, and disks that the kernel complains about.

Where services start, the minima of StartMemoryLow and StartDiskLow should hold. A policy can wait for them, too: only_if: memory_available_bytes > 2GiB.`,
  rules: [
    {
      alert: 'ModelStorageLow',
      comment:
        'Any file system that can be written to, since models may lie on each of them. Set the threshold of a mount point to 0 if it may fill up.',
      expr: `${inParentheses(below(FREE_SHARE, 'storage_free_ratio'))}
  ${READ_ONLY}`,
      for: '5m',
      severity: 'critical',
      summary: 'A file system has little room left for models.',
      description:
        '{{ $value | humanizePercentage }} of {{ $labels.mountpoint }} ({{ $labels.device }}) on {{ $labels.instance }} are free. The next model will not fit, and what writes there may fail. Look for what grows with `du -xh --max-depth=2 {{ $labels.mountpoint }} | sort -h | tail`, and remove models that nobody uses.',
    },
    {
      alert: 'StorageInodesLow',
      comment: 'Caches of many small files use up files before bytes.',
      expr: `${inParentheses(
        below(
          `last_over_time(machine_filesystem_inodes_free{${WRITABLE}}[5m]) / last_over_time(machine_filesystem_inodes{${WRITABLE}}[5m])`,
          'storage_inodes_ratio',
        ),
      )}
  ${READ_ONLY}`,
      for: '15m',
      severity: 'warning',
      summary: 'A file system can hold few more files.',
      description:
        '{{ $labels.mountpoint }} ({{ $labels.device }}) on {{ $labels.instance }} can hold only {{ $value | humanizePercentage }} of its files more, however much room is left. `du --inodes -x --max-depth=2 {{ $labels.mountpoint }} | sort -n | tail` shows where they are.',
    },
    {
      alert: 'StartDiskLow',
      comment:
        'In bytes, beside the share: a tenth of a large disk is much, and a tenth of a small one is not enough to start with.',
      expr: `${inParentheses(below(`last_over_time(machine_filesystem_available_bytes{${WRITABLE}}[5m])`, 'start_disk_bytes'))}
  ${READ_ONLY}`,
      for: '5m',
      severity: 'warning',
      summary: 'There is less room on a disk than services need to start.',
      description:
        '{{ $labels.mountpoint }} ({{ $labels.device }}) on {{ $labels.instance }} has {{ $value | humanize1024 }}B free. A service that writes there may not start. Make room, or set start_disk_bytes lower for a file system that needs none.',
    },
    {
      alert: 'StartMemoryLow',
      comment:
        'Memory that programs could still get, caches counted as free. A service that is restarted now may be killed, or have another one killed.',
      expr: below('avg_over_time(machine_memory_available_bytes{job="fettle"}[5m])', 'start_memory_bytes'),
      for: '5m',
      severity: 'warning',
      summary: 'There is less memory than services need to start.',
      description:
        '{{ $labels.instance }} has {{ $value | humanize1024 }}B of memory left for programs. Do not start or restart large services before some is free: `systemctl status` and the dashboard Unit detail show who has it.',
    },
    {
      alert: 'MemoryHigh',
      comment:
        'The mean, so that half an hour is half an hour however memory goes up and down. Caches count as free.',
      expr: above(
        '(1 - avg_over_time(machine_memory_available_bytes{job="fettle"}[5m]) / avg_over_time(machine_memory_total_bytes{job="fettle"}[5m]))',
        'memory_used_ratio',
      ),
      for: '30m',
      severity: 'warning',
      summary: 'Most of the memory of the machine is in use.',
      description:
        '{{ $value | humanizePercentage }} of the memory of {{ $labels.instance }} have been in use for half an hour. Find out who has it (`systemd-cgtop -m`, systemd_unit_memory_current_bytes), and give units limits (MemoryHigh=, MemoryMax=) before the kernel chooses whom to kill.',
    },
    {
      alert: 'FilesystemReadOnly',
      comment:
        'The kernel makes a file system read-only when its disk fails. One that has been so from the start is meant to be: it must have been writable within a day.',
      expr: `last_over_time(machine_filesystem_read_only{job="fettle"}[2m]) == 1
  and min_over_time(machine_filesystem_read_only{job="fettle"}[1d]) == 0`,
      for: '1m',
      severity: 'critical',
      summary: 'A file system has become read-only.',
      description:
        '{{ $labels.mountpoint }} ({{ $labels.device }}) on {{ $labels.instance }} was writable and is read-only now, as after an error of its disk. Read `journalctl -k -e`, save what you need, and check the disk (`smartctl -a`) and the file system.',
    },
    {
      alert: 'FilesystemUnreachable',
      comment: 'One that hangs holds up everything that looks at it, also programs that only want its size.',
      expr: 'last_over_time(machine_filesystem_error{job="fettle"}[2m]) == 1',
      for: '5m',
      severity: 'warning',
      summary: 'A file system does not answer.',
      description:
        '{{ $labels.mountpoint }} ({{ $labels.device }}, {{ $labels.fstype }}) on {{ $labels.instance }} could not be asked for its size for 5 minutes. If it is a remote one, look at its server and the network; else read `journalctl -k -e`.',
    },
    {
      alert: 'HostOomKilled',
      comment:
        'Lines of the log of the kernel, for processes of any unit or none; UnitOomKilled tells whose they are where it can. An increase alone would miss the first one of a boot.',
      expr: happened('kernel_oom_kills_total{job="fettle"}', '30m'),
      for: '5s',
      severity: 'warning',
      summary: 'The kernel has killed a process for want of memory.',
      description:
        'The kernel of {{ $labels.instance }} has killed at least one process for want of memory within the last 30 minutes. `journalctl -k -g "Killed process"` says which; give units limits (MemoryMax=), so that the one that takes too much is the one that goes.',
    },
    {
      alert: 'KernelIoErrors',
      comment:
        'Lines of the log of the kernel in this boot. One error may take several, so how many there are says little.',
      expr: happened('kernel_io_errors_total{job="fettle"}', '30m'),
      for: '5s',
      severity: 'warning',
      summary: 'A disk has had errors.',
      description:
        'The kernel of {{ $labels.instance }} has logged errors of {{ $labels.device }} within the last 30 minutes. Read `journalctl -k -g {{ $labels.device }}` and `smartctl -a /dev/{{ $labels.device }}`, and see that there is a backup.',
    },
    {
      alert: 'KernelFilesystemErrors',
      comment: 'A file system that has found itself damaged. It only gets worse while it is in use.',
      expr: happened('kernel_filesystem_errors_total{job="fettle"}', '30m'),
      for: '5s',
      severity: 'critical',
      summary: 'A file system has found itself damaged.',
      description:
        'The kernel of {{ $labels.instance }} has logged damage of the {{ $labels.filesystem }} on {{ $labels.device }} within the last 30 minutes. Stop what writes there, unmount it, and check it (`fsck`). Read `journalctl -k -g {{ $labels.device }}` first.',
    },
    {
      alert: 'RebootRequired',
      comment: 'After a day, since updates come at night and reboots when somebody has time.',
      expr: 'min_over_time(machine_reboot_required{job="fettle"}[1d]) == 1',
      for: '1h',
      severity: 'info',
      summary: 'The machine waits for a reboot after an update.',
      description:
        '{{ $labels.instance }} has asked for a reboot for a day: /run/reboot-required.pkgs says for which packages. If the driver of the GPU is among them, `nvidia-smi` may fail until then.',
    },
  ],
};
