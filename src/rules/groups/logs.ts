import { above } from '../compare.ts';
import { happened } from '../happened.ts';
import { inParentheses } from '../indented.ts';
import type { AlertRule, RuleGroup } from '../rule.ts';
import { LOG_READERS } from './logs/readers.ts';

const BY_UNIT = 'sum by (job, instance, unit, scope, user)';

const TIMES_USUAL = inParentheses(
  `${BY_UNIT} (rate(journal_message_bytes_total{job="fettle"}[30m]))
/ (${BY_UNIT} (rate(journal_message_bytes_total{job="fettle"}[1d] offset 30m)) > 0)`,
);

/** What the configured patterns have found; several patterns alert each for itself. */
const PATTERNS: readonly AlertRule[] = [
  {
    alert: 'ModelLoadFailures',
    comment: `Of a pattern whose name has model_load in it, as in the examples: exporter.journal.patterns. Without such a pattern this rule never fires. The unit that logs it is the one that could be restarted, which rarely helps: the file is missing or broken, or the GPU is full.`,
    expr: above(
      'increase(journal_pattern_matches_total{job="fettle",rule=~".*model_load.*"}[1h])',
      'model_load_failures_1h',
    ),
    for: '1m',
    severity: 'critical',
    repairs: { manager: 'systemd', unit: '{{ $labels.unit }}' },
    summary: 'A service fails to load models.',
    description:
      '{{ $labels.unit }} on {{ $labels.instance }} has logged {{ $value | humanize }} times within an hour that it could not load a model. Read `journalctl -u {{ $labels.unit }} -e` for which one; then see that the file is there and whole, and that the GPU has room for it (`fettle gpu`).',
  },
  {
    alert: 'LogPatternBurst',
    comment: 'Of every other pattern. Set the threshold for a rule to 0 if its first match should alert.',
    expr: above(
      'increase(journal_pattern_matches_total{job="fettle",rule!~".*model_load.*"}[10m])',
      'pattern_matches_10m',
    ),
    for: '1m',
    keepFiringFor: '5m',
    severity: 'warning',
    repairs: { manager: 'systemd', unit: '{{ $labels.unit }}' },
    summary: 'A pattern is found in the log again and again.',
    description:
      'Pattern {{ $labels.rule }} was found {{ $value | humanize }} times within 10 minutes in what {{ $labels.unit }} on {{ $labels.instance }} logs. Read `journalctl -u {{ $labels.unit }} -e`; exporter.journal.patterns says what the pattern is for.',
  },
];

/** How much units log. */
const VOLUME: readonly AlertRule[] = [
  {
    alert: 'LogVolumeHigh',
    comment:
      'Above what is expected of any service; set it higher for one that may log more. 100 KiB/s are 8 GiB a day, more than journald keeps by itself, so older messages of all units are lost.',
    expr: above(`${BY_UNIT} (rate(journal_message_bytes_total{job="fettle"}[15m]))`, 'log_bytes_per_second'),
    for: '10m',
    keepFiringFor: '15m',
    severity: 'warning',
    summary: 'A unit logs more than expected.',
    description:
      '{{ with $labels.unit }}{{ . }}{{ else }}The kernel, or a process of no unit,{{ end }} on {{ $labels.instance }} writes {{ $value | humanize1024 }}B/s to the journal. Look at what it says, set its log level, or limit it with LogRateLimitBurst=. `journalctl --disk-usage` shows how much room it takes.',
  },
  {
    alert: 'LogVolumeUnusual',
    comment:
      'Above what this unit usually logs, where that is at least some bytes a second: a quiet unit may say a word more. One that has said nothing on the day before has no measure; LogVolumeHigh is for all.',
    expr: `${inParentheses(above(TIMES_USUAL, 'log_volume_factor'))}
  and ${BY_UNIT} (rate(journal_message_bytes_total{job="fettle"}[30m])) > 1024`,
    for: '10m',
    keepFiringFor: '15m',
    severity: 'info',
    summary: 'A unit logs much more than it usually does.',
    description:
      '{{ with $labels.unit }}{{ . }}{{ else }}The kernel, or a process of no unit,{{ end }} on {{ $labels.instance }} has written {{ $value | humanize }} times as much to the journal within 30 minutes as on the day before. Look at what is new in it.',
  },
  {
    alert: 'LogErrorBurst',
    comment:
      'By priority, for services that say when something is wrong. Many never use another priority than info: those need a pattern.',
    expr: above(
      `${BY_UNIT} (increase(journal_messages_total{job="fettle",priority=~"emerg|alert|crit|err",unit!=""}[15m]))`,
      'log_errors_15m',
    ),
    for: '1m',
    keepFiringFor: '15m',
    severity: 'warning',
    summary: 'A unit logs many errors.',
    description:
      '{{ $labels.unit }} on {{ $labels.instance }} has logged {{ $value | humanize }} errors within 15 minutes. Read them: `journalctl -u {{ $labels.unit }} -p err --since -15min`.',
  },
];

/** What the kernel says of GPUs beside Xids. */
const KERNEL: readonly AlertRule[] = [
  {
    alert: 'KernelGpuDriverErrors',
    comment:
      'Drivers of AMD and Intel have no Xids: their timeouts, hangs and resets are here, and what NVIDIA says without an Xid. A reset that worked is told, too: what computed then has failed.',
    expr: happened('kernel_gpu_driver_errors_total{job="fettle"}', '15m'),
    for: '5s',
    severity: 'warning',
    summary: 'A GPU driver has reported a hang or a reset.',
    description:
      'Driver {{ $labels.driver }} on {{ $labels.instance }} has reported a {{ $labels.kind }}{{ with $labels.pci_bus_id }} of GPU {{ . }}{{ end }} within the last 15 minutes. Look whether the services on it still work, and read `journalctl -k -g {{ $labels.driver }}`; "wedged", "lost" and "reset_failed" ask for a reboot.',
  },
  {
    alert: 'NvswitchFatalError',
    comment:
      'SXids are what Xids are, of the switches between the GPUs of a large machine. Those that are not fatal are retried by the hardware.',
    expr: happened('gpu_nvswitch_sxid_errors_total{job="fettle",severity="fatal"}', '15m'),
    for: '5s',
    severity: 'critical',
    summary: 'An NVSwitch has reported a fatal error.',
    description:
      'NVSwitch {{ $labels.pci_bus_id }} of {{ $labels.instance }} has reported SXid {{ $labels.sxid }}. GPUs that talk through it fail. Stop the jobs, restart nvidia-fabricmanager.service after all GPUs have been reset, or reboot; if it comes back, have it replaced.',
  },
];

/** Alerts about logs: what they say, how much there is, and whether they are read. */
export const LOGS: RuleGroup = {
  name: 'logs',
  comment: `Alerts about logs: the journal of systemd and the log of the kernel. What they say, how much there is, and whether they are read at all, without which other rules are blind.

Counts of patterns are 0 for each unit from its first message on, so increase() sees the first match.`,
  rules: [...PATTERNS, ...VOLUME, ...KERNEL, ...LOG_READERS],
};
