import { above } from '../../compare.ts';
import { type AlertRule, SYSTEMD_UNIT } from '../../rule.ts';

/** Units that come up against a limit of theirs. */
export const LIMITS: readonly AlertRule[] = [
  {
    alert: 'UnitOomKilled',
    comment: `Three witnesses, since each is blind somewhere. The first counts runs that ended by it, from 0 on, also between two scrapes. The second counts killed processes, also where the unit lives on (OOMPolicy=continue), but begins anew with each start of the unit; so the third sees a cgroup whose counter was at 1 or more when it was seen first, less than an hour ago while Prometheus was looking.

Half an hour, as the exporter itself may be kept from answering while memory is short.`,
    expr: `increase(systemd_unit_oom_kills_total{job="fettle"}[30m]) > 0
or
increase(systemd_unit_memory_events_oom_kill_total{job="fettle"}[30m]) > 0
or
systemd_unit_memory_events_oom_kill_total{job="fettle"} > 0
  unless on (instance, user, name)
last_over_time(systemd_unit_memory_events_oom_kill_total{job="fettle"}[1h] offset 30m)
  and on (instance)
last_over_time(fettle_systemd_up{job="fettle"}[5m] offset 30m)`,
    for: '5s',
    severity: 'warning',
    repairs: SYSTEMD_UNIT,
    summary: 'The kernel killed a process of a unit for want of memory.',
    description:
      'Within the last 30 minutes the kernel killed a process of {{ $labels.name }} on {{ $labels.instance }} because memory was short, in the unit or on the machine. `journalctl -k --grep oom` says which process and which limit; compare `systemctl show {{ $labels.name }} -p MemoryMax,MemoryPeak`.',
  },
  {
    alert: 'UnitMemoryNearMax',
    comment: `The working set, not all memory: page cache fills a unit up to its limit and harms nobody, since it can be dropped at once.`,
    expr: above(
      'last_over_time(systemd_unit_memory_working_set_bytes{job="fettle"}[5m]) / last_over_time(systemd_unit_memory_max_bytes{job="fettle"}[5m])',
      'unit_memory_ratio',
    ),
    for: '10m',
    severity: 'warning',
    repairs: SYSTEMD_UNIT,
    summary: 'A unit has nearly used its memory up.',
    description:
      '{{ $labels.name }} on {{ $labels.instance }} has used more than 90 % of MemoryMax= (or the threshold unit_memory_ratio) for 10 minutes, page cache that can be dropped not counted. Above the limit its processes are killed. `systemd-cgtop -m` and its own log say what grows; a restart frees it, MemoryMax= gives it more.',
  },
  {
    alert: 'UnitMemoryHighThrottled',
    comment: `Above MemoryHigh= the kernel slows the unit's tasks down and takes memory back. A cache that is trimmed now and then is what the limit is for, hence a rate and a quarter of an hour, and only info.`,
    expr: above(
      'rate(systemd_unit_memory_events_high_total{job="fettle"}[5m])',
      'memory_high_events_per_second',
    ),
    for: '15m',
    severity: 'info',
    about: '{{ $labels.name }}',
    summary: 'A unit is slowed down above its memory mark.',
    description:
      '{{ $labels.name }} on {{ $labels.instance }} has been slowed down above MemoryHigh= more than once a second (or the threshold memory_high_events_per_second) for 15 minutes. If it is too slow, raise MemoryHigh=, or look at what it keeps in memory.',
  },
  {
    alert: 'UnitCpuThrottled',
    comment: `Info, since a quota is there to be used: it explains slowness, and is no fault. Where the unit has no CPUQuota= both counters stand still, and 0 / 0 is no number and above nothing.`,
    expr: above(
      'rate(systemd_unit_cpu_throttled_periods_total{job="fettle"}[5m]) / rate(systemd_unit_cpu_periods_total{job="fettle"}[5m])',
      'cpu_throttled_ratio',
    ),
    for: '15m',
    severity: 'info',
    about: '{{ $labels.name }}',
    summary: 'A unit is held back by its CPU quota.',
    description:
      '{{ $labels.name }} on {{ $labels.instance }} has used its CPUQuota= up in more than 25 % of all periods (or the threshold cpu_throttled_ratio) for 15 minutes. If it is too slow, `systemctl set-property {{ $labels.name }} CPUQuota=` with more; `systemd-cgtop` shows what it uses.',
  },
  {
    alert: 'UnitTasksRejected',
    comment: `fork() or pthread_create() failed. Programs report that as anything from "resource temporarily unavailable" to "out of memory", so it is worth a word from here.`,
    expr: 'increase(systemd_unit_tasks_rejected_total{job="fettle"}[15m]) > 0',
    for: '5s',
    severity: 'warning',
    about: '{{ $labels.name }}',
    summary: 'A unit could not start a process or thread.',
    description:
      'Within the last 15 minutes {{ $labels.name }} on {{ $labels.instance }} could not fork, because it has as many tasks as it may. `systemctl status {{ $labels.name }}` shows Tasks and their limit; find the leak of threads, or raise TasksMax=.',
  },
];
