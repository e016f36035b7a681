/** Metrics that neither a panel nor a rule uses, by the reason why that is right. */
export const UNUSED: readonly { readonly reason: string; readonly metrics: readonly string[] }[] = [
  {
    reason: 'The same is shown by a metric that all service managers share (unit_*, systemd_unit_active_*).',
    metrics: [
      'systemd_unit_start_time_seconds',
      'launchd_job_start_time_seconds',
      'daemon_start_time_seconds',
      'daemon_cpu_seconds_total',
      'daemon_memory_bytes',
    ],
  },
  {
    reason:
      'For questions by hand about one machine: its boot in detail, its watchdog, one process of one job.',
    metrics: [
      'systemd_boot_time_seconds',
      'systemd_watchdog_last_ping_monotonic_seconds',
      'systemd_watchdog_last_ping_time_seconds',
      'systemd_watchdog_runtime_seconds',
      'systemd_unit_last_failure_timestamp_seconds',
      'launchd_job_pid',
      'launchd_job_last_signal',
      'launchd_job_enabled',
    ],
  },
  {
    reason:
      'Says little that what is shown beside it does not: another window, another share of the same sum.',
    metrics: [
      'machine_load5',
      'machine_load15',
      'machine_memory_free_bytes',
      'machine_filesystem_free_bytes',
      'machine_network_receive_packets_total',
      'machine_network_transmit_packets_total',
    ],
  },
  {
    reason: 'Set by hand and seldom; both are what a unit is promised, and not what it may not exceed.',
    metrics: ['systemd_unit_memory_min_bytes', 'systemd_unit_memory_low_bytes'],
  },
  {
    reason: 'Its meaning is of the daemon whose status file it stands in: for rules and panels of its owner.',
    metrics: ['daemon_status_value'],
  },
];
