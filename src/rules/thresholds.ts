/** A figure that decides whether an alert fires, and that users may set otherwise for some of their machines. */
export interface Threshold {
  readonly default: number;
  /**
   * `events` are counted with increase(), which extrapolates: "more than 3" is compared as "more than 3.5", since 3
   * events read as up to 3.2 when scrapes and evaluations are out of step.
   */
  readonly unit: 'ratio' | 'seconds' | 'celsius' | 'bytes' | 'bytes_per_second' | 'events' | 'count';
  /** A metric that there is for everything that the figure is about, whether anything is wrong or not. */
  readonly of: string;
  /** The job of that metric; `fettle` if it is left out. */
  readonly job?: 'fettle' | 'fettle-remediator';
  /** Labels of that metric that tell its subjects apart, and by which the figure can be set otherwise. */
  readonly by: readonly string[];
  /** What it is for: a sentence. */
  readonly what: string;
}

/** A unit of a user's own manager has the name of that user as a label, too. */
const UNIT = ['instance', 'user', 'name'] as const;
const GPU = ['instance', 'gpu', 'uuid'] as const;
const PROBE = ['instance', 'probe'] as const;
const HOST = ['instance'] as const;

/** Every threshold there is, by the name that it has in the configuration. One table, and no figure elsewhere. */
export const THRESHOLDS = {
  unit_down_seconds: {
    default: 300,
    unit: 'seconds',
    of: 'systemd_unit_inactive_enter_time_seconds',
    by: UNIT,
    what: 'UnitDown fires when a unit has been failed for longer.',
  },
  restarts_15m: {
    default: 3,
    unit: 'events',
    of: 'systemd_service_restart_total',
    by: UNIT,
    what: 'ServiceCrashLooping fires above so many restarts by systemd within 15 minutes.',
  },
  restarts_1h: {
    default: 5,
    unit: 'events',
    of: 'systemd_service_restart_total',
    by: UNIT,
    what: 'ServiceCrashLooping fires above so many restarts by systemd within an hour.',
  },
  restarts_often_1h: {
    default: 3,
    unit: 'events',
    of: 'systemd_service_restart_total',
    by: UNIT,
    what: 'ServiceRestartsOften fires above so many restarts by systemd within an hour.',
  },
  activations_1h: {
    default: 10,
    unit: 'events',
    of: 'systemd_unit_activations_total',
    by: UNIT,
    what: 'UnitFlapping fires when a unit becomes active more often within an hour.',
  },
  starting_seconds: {
    default: 900,
    unit: 'seconds',
    of: 'systemd_unit_inactive_exit_time_seconds',
    by: UNIT,
    what: 'UnitStuckActivating fires when a unit takes longer to start.',
  },
  stopping_seconds: {
    default: 300,
    unit: 'seconds',
    of: 'systemd_unit_active_exit_time_seconds',
    by: UNIT,
    what: 'UnitStuckDeactivating fires when a unit takes longer to stop.',
  },
  timer_overdue_seconds: {
    default: 300,
    unit: 'seconds',
    of: 'systemd_timer_last_trigger_seconds',
    by: UNIT,
    what: 'TimerOverdue fires when a timer is later than this.',
  },
  refused_connections_5m: {
    default: 3,
    unit: 'events',
    of: 'systemd_socket_refused_connections_total',
    by: UNIT,
    what: 'SocketRefused fires above so many refused connections within 5 minutes.',
  },
  tasks_ratio: {
    default: 0.9,
    unit: 'ratio',
    of: 'systemd_unit_tasks_max',
    by: UNIT,
    what: 'TasksNearLimit fires above this share of the tasks that a unit may have.',
  },
  unit_memory_ratio: {
    default: 0.9,
    unit: 'ratio',
    of: 'systemd_unit_memory_max_bytes',
    by: UNIT,
    what: 'UnitMemoryNearMax fires above this share of MemoryMax=, page cache that can be dropped not counted.',
  },
  memory_high_events_per_second: {
    default: 1,
    unit: 'count',
    of: 'systemd_unit_memory_events_high_total',
    by: UNIT,
    what: 'UnitMemoryHighThrottled fires when a unit is slowed down above MemoryHigh= more often in each second.',
  },
  cpu_throttled_ratio: {
    default: 0.25,
    unit: 'ratio',
    of: 'systemd_unit_cpu_periods_total',
    by: UNIT,
    what: 'UnitCpuThrottled fires when a unit uses its CPU quota up in a greater share of its periods.',
  },
  unit_memory_stalled_ratio: {
    default: 0.1,
    unit: 'ratio',
    of: 'systemd_unit_pressure_memory_stalled_seconds_total',
    by: UNIT,
    what: 'UnitMemoryStalled fires when a unit stands still for want of memory for a greater share of the time.',
  },
  unit_io_stalled_ratio: {
    default: 0.5,
    unit: 'ratio',
    of: 'systemd_unit_pressure_io_stalled_seconds_total',
    by: UNIT,
    what: 'UnitIoStalled fires when a unit stands still for its disks for a greater share of the time.',
  },
  unit_cpu_waiting_ratio: {
    default: 0.5,
    unit: 'ratio',
    of: 'systemd_unit_pressure_cpu_waiting_seconds_total',
    by: UNIT,
    what: 'UnitCpuStarved fires when some task of a unit waits for a CPU for a greater share of the time.',
  },
  host_memory_stalled_ratio: {
    default: 0.1,
    unit: 'ratio',
    of: 'machine_pressure_memory_stalled_seconds_total',
    by: HOST,
    what: 'HostMemoryStalled fires when the whole machine stands still for memory for a greater share of the time.',
  },
  host_io_stalled_ratio: {
    default: 0.5,
    unit: 'ratio',
    of: 'machine_pressure_io_stalled_seconds_total',
    by: HOST,
    what: 'HostIoStalled fires when the whole machine stands still for its disks for a greater share of the time.',
  },
  host_cpu_waiting_ratio: {
    default: 0.8,
    unit: 'ratio',
    of: 'machine_pressure_cpu_waiting_seconds_total',
    by: HOST,
    what: 'HostCpuStarved fires when some task waits for a CPU for a greater share of the time.',
  },
  budget_ratio: {
    default: 0.9,
    unit: 'ratio',
    of: 'fettle_budget_limit',
    job: 'fettle-remediator',
    by: ['instance', 'window_seconds'],
    what: 'RepairBudgetUsedUp fires above this share of the steps that may be taken in a window.',
  },
  refusals_1h: {
    default: 10,
    unit: 'events',
    of: 'fettle_decisions_total',
    job: 'fettle-remediator',
    by: ['instance', 'policy'],
    what: 'RepairsRefused fires above so many refusals by the rails of a policy within an hour.',
  },
  repairs_24h: {
    default: 5,
    unit: 'events',
    of: 'fettle_repairs_ended_total',
    job: 'fettle-remediator',
    by: ['instance', 'policy'],
    what: 'RepairLoop fires when a policy has repaired something more often within a day.',
  },
  queue_seconds: {
    default: 7200,
    unit: 'seconds',
    of: 'fettle_repair_queue_oldest_seconds',
    job: 'fettle-remediator',
    by: HOST,
    what: 'RepairQueueOld fires when an alert has waited for its end for longer.',
  },
  hung_read_seconds: {
    default: 60,
    unit: 'seconds',
    of: 'fettle_reads_left_out_total',
    by: HOST,
    what: 'DeviceHangs fires when a device or file system has not answered for longer.',
  },
  collector_seconds: {
    default: 2.5,
    unit: 'seconds',
    of: 'fettle_collector_duration_seconds',
    by: ['instance', 'collector'],
    what: 'CollectorSlow fires when a collector takes longer; after 5 s it is given up.',
  },
  scrape_seconds: {
    default: 5,
    unit: 'seconds',
    of: 'scrape_duration_seconds',
    by: HOST,
    what: 'ScrapeSlow fires when a scrape of the exporter takes longer; Prometheus gives up after 10 s unless told otherwise.',
  },
  gpu_collect_seconds: {
    default: 5,
    unit: 'seconds',
    of: 'gpu_collect_duration_seconds',
    by: ['instance', 'backend'],
    what: 'GpuCollectionSlow fires if reading the GPUs takes longer, as a mean of 10 minutes.',
  },
  gpu_collect_age_seconds: {
    default: 300,
    unit: 'seconds',
    of: 'gpu_collect_last_success_timestamp_seconds',
    by: ['instance', 'backend'],
    what: 'GpuCollectionStale fires if the GPUs were last read longer ago.',
  },
  gpu_memory_ratio: {
    default: 0.9,
    unit: 'ratio',
    of: 'gpu_memory_total_bytes',
    by: GPU,
    what: 'GpuMemoryNearFull fires above this share of the memory of a GPU in use; vLLM takes 0.9 by itself.',
  },
  gpu_power_ratio: {
    default: 0.95,
    unit: 'ratio',
    of: 'gpu_power_watts',
    by: GPU,
    what: 'GpuPowerNearLimit fires above this share of the power limit in force.',
  },
  gpu_pcie_errors_1h: {
    default: 100,
    unit: 'events',
    of: 'gpu_pcie_replays_total',
    by: GPU,
    what: 'GpuPcieErrors fires above so many packets that had to be sent again within an hour.',
  },
  gpu_celsius: {
    default: 80,
    unit: 'celsius',
    of: 'gpu_temperature_celsius',
    by: [...GPU, 'sensor'],
    what: 'GpuTemperatureHigh fires above it; what a GPU says of its own limits has rules of its own.',
  },
  gpu_slowdown_margin_celsius: {
    default: 5,
    unit: 'celsius',
    of: 'gpu_temperature_celsius',
    by: GPU,
    what: 'GpuNearSlowdown fires if fewer degrees are left until the GPU slows itself down.',
  },
  gpu_fan_celsius: {
    default: 70,
    unit: 'celsius',
    of: 'gpu_fan_speed_ratio',
    by: GPU,
    what: 'GpuFanStopped fires if a GPU is hotter than that and its fan is told to stand still.',
  },
  zone_critical_margin_celsius: {
    default: 5,
    unit: 'celsius',
    of: 'thermal_zone_temperature_celsius',
    by: ['instance', 'zone', 'type'],
    what: 'ThermalZoneCritical fires if fewer degrees are left until the kernel switches the machine off.',
  },
  jetson_warm_celsius: {
    default: 75,
    unit: 'celsius',
    of: 'thermal_zone_temperature_celsius',
    by: ['instance'],
    what: 'JetsonTemperatureHigh fires if the hottest zone of a Jetson is above it: time to throttle.',
  },
  jetson_hot_celsius: {
    default: 85,
    unit: 'celsius',
    of: 'thermal_zone_temperature_celsius',
    by: ['instance'],
    what: 'JetsonTemperatureCritical fires if the hottest zone of a Jetson is above it: time to stop.',
  },
  hwmon_celsius: {
    default: 95,
    unit: 'celsius',
    of: 'hwmon_temperature_celsius',
    by: ['instance', 'chip', 'device', 'sensor'],
    what: 'HwmonTemperatureHigh fires above it; the figure suits processors, and few other parts.',
  },
  cpu_throttles_15m: {
    default: 30,
    unit: 'events',
    of: 'cpu_thermal_throttles_total',
    by: ['instance', 'scope'],
    what: 'CpuThermalThrottled fires above so many slow-downs of too hot processors within 15 minutes.',
  },
  fan_stopped_celsius: {
    default: 60,
    unit: 'celsius',
    of: 'fan_speed_rpm',
    by: ['instance'],
    what: 'FanStopped fires only while something on the machine is hotter: many fans rest while it is cool.',
  },
  probe_seconds: {
    default: 5,
    unit: 'seconds',
    of: 'fettle_probe_runs_total',
    by: PROBE,
    what: 'ProbeSlow fires if an answer takes longer, as a mean of 5 minutes; only a probe with a longer timeout can see that.',
  },
  probe_changes_30m: {
    default: 6,
    unit: 'count',
    of: 'fettle_probe_runs_total',
    by: PROBE,
    what: 'ProbeFlapping fires above so many changes between good and bad answers within 30 minutes.',
  },
  certificate_seconds: {
    default: 1209600,
    unit: 'seconds',
    of: 'fettle_probe_certificate_expiry_timestamp_seconds',
    by: PROBE,
    what: 'CertificateExpiring fires if a certificate is valid for less time.',
  },
  certificate_urgent_seconds: {
    default: 259200,
    unit: 'seconds',
    of: 'fettle_probe_certificate_expiry_timestamp_seconds',
    by: PROBE,
    what: 'CertificateExpiringSoon fires if a certificate is valid for less time.',
  },
  storage_free_ratio: {
    default: 0.1,
    unit: 'ratio',
    of: 'machine_filesystem_size_bytes',
    by: ['instance', 'mountpoint'],
    what: 'ModelStorageLow fires if a smaller share of a file system is free.',
  },
  storage_inodes_ratio: {
    default: 0.05,
    unit: 'ratio',
    of: 'machine_filesystem_inodes',
    by: ['instance', 'mountpoint'],
    what: 'StorageInodesLow fires if a smaller share of the files that a file system can hold is left.',
  },
  memory_used_ratio: {
    default: 0.8,
    unit: 'ratio',
    of: 'machine_memory_total_bytes',
    by: ['instance'],
    what: 'MemoryHigh fires if a larger share of the memory of the machine is in use.',
  },
  start_memory_bytes: {
    default: 2147483648,
    unit: 'bytes',
    of: 'machine_memory_total_bytes',
    by: ['instance'],
    what: 'StartMemoryLow fires if less memory is available: too little to start a service.',
  },
  start_disk_bytes: {
    default: 5368709120,
    unit: 'bytes',
    of: 'machine_filesystem_size_bytes',
    by: ['instance', 'mountpoint'],
    what: 'StartDiskLow fires if less is free on a file system: too little to start a service that writes there.',
  },
  pattern_matches_10m: {
    default: 20,
    unit: 'events',
    of: 'journal_pattern_matches_total',
    by: ['instance', 'rule', 'unit'],
    what: 'LogPatternBurst fires above so many messages with a configured pattern within 10 minutes.',
  },
  model_load_failures_1h: {
    default: 5,
    unit: 'events',
    of: 'journal_pattern_matches_total',
    by: ['instance', 'rule', 'unit'],
    what: 'ModelLoadFailures fires above so many messages of that pattern within an hour.',
  },
  log_bytes_per_second: {
    default: 102400,
    unit: 'bytes_per_second',
    of: 'journal_message_bytes_total',
    by: ['instance', 'unit'],
    what: 'LogVolumeHigh fires if a unit writes more to the journal, as a mean of 15 minutes.',
  },
  log_volume_factor: {
    default: 5,
    unit: 'count',
    of: 'journal_message_bytes_total',
    by: ['instance', 'unit'],
    what: 'LogVolumeUnusual fires if a unit writes so many times what it wrote within the last day.',
  },
  log_errors_15m: {
    default: 100,
    unit: 'events',
    of: 'journal_messages_total',
    by: ['instance', 'unit'],
    what: 'LogErrorBurst fires above so many messages of priority err or worse within 15 minutes.',
  },
  log_lag_seconds: {
    default: 60,
    unit: 'seconds',
    of: 'journal_reader_up',
    by: ['instance'],
    what: 'LogCollectorLagging fires if the journal or the log of the kernel is read with a longer delay.',
  },
  job_restarts_15m: {
    default: 3,
    unit: 'events',
    of: 'unit_restarts_total',
    by: ['instance', 'manager', 'name'],
    what: 'LaunchdJobCrashLooping fires above so many restarts within 15 minutes.',
  },
  job_restarts_1h: {
    default: 5,
    unit: 'events',
    of: 'unit_restarts_total',
    by: ['instance', 'manager', 'name'],
    what: 'LaunchdJobCrashLooping fires above so many restarts within an hour.',
  },
  launchd_questions_15m: {
    default: 3,
    unit: 'events',
    of: 'launchd_failed_questions_total',
    by: ['instance', 'question'],
    what: 'LaunchdQuestionsFailing fires above so many questions without an answer within 15 minutes.',
  },
  log_reader_restarts_1h: {
    default: 5,
    unit: 'events',
    of: 'journal_reader_restarts_total',
    by: ['instance'],
    what: 'JournalReaderRestarting fires above so many starts of journalctl within an hour.',
  },
  daemon_restarts_15m: {
    default: 3,
    unit: 'events',
    of: 'daemon_restarts_total',
    by: ['instance', 'name'],
    what: 'DaemonCrashLooping fires above so many starts within 15 minutes.',
  },
  daemon_restarts_1h: {
    default: 5,
    unit: 'events',
    of: 'daemon_restarts_total',
    by: ['instance', 'name'],
    what: 'DaemonCrashLooping fires above so many starts within an hour.',
  },
} as const satisfies Readonly<Record<string, Threshold>>;

/** The name of a threshold. */
export type ThresholdName = keyof typeof THRESHOLDS;

/** The table, with every row seen as what all of them are. */
export function threshold(name: ThresholdName): Threshold {
  return THRESHOLDS[name];
}

/** What a figure is compared as; see `events`. */
export function comparedAs({ unit }: Threshold, figure: number): number {
  return unit === 'events' ? figure + 0.5 : figure;
}
