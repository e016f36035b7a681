import { above } from '../../compare.ts';
import type { AlertRule, RepairTarget } from '../../rule.ts';

/** A job is named by its domain and its label, as launchctl wants it; the unit_* series have that in one label. */
const JOB: RepairTarget = { manager: 'launchd', unit: '{{ $labels.domain }}/{{ $labels.label }}' };
const NAMED_JOB: RepairTarget = { manager: 'launchd', unit: '{{ $labels.name }}' };

const RESTARTS = 'unit_restarts_total{job="fettle",manager="launchd"}';

/** Jobs of launchd. */
export const LAUNCHD_JOBS: readonly AlertRule[] = [
  {
    alert: 'LaunchdJobDown',
    comment: `A job that is to run all the time and does not. Jobs with an interval or a calendar, or started on demand, have no unit_up while they do not run: not running is normal for them.`,
    expr: 'last_over_time(unit_up{job="fettle",manager="launchd"}[2m]) == 0',
    for: '1m',
    severity: 'warning',
    repairs: NAMED_JOB,
    summary: 'A job of launchd that should run does not.',
    description:
      '{{ $labels.name }} on {{ $labels.instance }} does not run. `launchctl print {{ $labels.name }}` says how it ended; then `launchctl kickstart {{ $labels.name }}`.',
  },
  {
    alert: 'LaunchdJobFailed',
    comment: `A job that runs now and then and whose last run has failed. One that is to run all the time is LaunchdJobDown or LaunchdJobCrashLooping, one whose settings are at fault is LaunchdJobConfigError. It ends when the next run starts.`,
    expr: `last_over_time(launchd_job_last_exit_code{job="fettle"}[2m]) != 0
  and on (job, instance, domain, label) last_over_time(launchd_job_state{job="fettle",state="not running"}[2m]) == 1
  unless on (job, instance, domain, label) last_over_time(launchd_job_config_error{job="fettle"}[2m]) == 1
  unless on (job, instance, domain, label)
    label_replace(label_replace(last_over_time(unit_up{job="fettle",manager="launchd"}[2m]),
      "domain", "$1", "name", "(.+)/[^/]+"), "label", "$1", "name", ".+/([^/]+)")`,
    for: '1m',
    severity: 'warning',
    repairs: JOB,
    summary: 'The last run of a job of launchd has failed.',
    description:
      'The last run of {{ $labels.label }} in {{ $labels.domain }} on {{ $labels.instance }} ended with exit code {{ $value }}. Read its log (StandardErrorPath of its property list), remove the cause, then `launchctl kickstart {{ $labels.domain }}/{{ $labels.label }}`.',
  },
  {
    alert: 'LaunchdJobCrashLooping',
    comment: `The two windows of ServiceCrashLooping, for the same reasons. launchd waits 10 s between two runs and never gives up, so a loop lasts until somebody ends it.`,
    expr: `${above(`increase(${RESTARTS}[15m])`, 'job_restarts_15m')}
or
${above(`increase(${RESTARTS}[1h])`, 'job_restarts_1h')}`,
    for: '1m',
    keepFiringFor: '15m',
    severity: 'warning',
    repairs: NAMED_JOB,
    summary: 'A job of launchd crashes and is started over and over.',
    description:
      'launchd has started {{ $labels.name }} on {{ $labels.instance }} again and again within 15 minutes or an hour, each time because it ended. `launchctl print {{ $labels.name }}` says how; `launchctl bootout {{ $labels.name }}` ends the loop.',
  },
  {
    alert: 'LaunchdJobConfigError',
    comment:
      'Exit code 78: a path, a permission, or a key of the property list. No restart helps, so there is nothing here for fettle to repair.',
    expr: 'last_over_time(launchd_job_config_error{job="fettle"}[2m]) == 1',
    for: '1m',
    severity: 'warning',
    summary: 'The settings of a job of launchd are at fault.',
    description:
      '{{ $labels.label }} in {{ $labels.domain }} on {{ $labels.instance }} has ended with exit code 78. Check its property list (`plutil -lint`), that its program and the folders of its logs are there, and what System Settings allow it; then `launchctl bootout` and `bootstrap` it.',
  },
  {
    alert: 'LaunchdJobNotLoaded',
    comment: `A job that was loaded within six hours and is not any more, while its domain is there and can be listed. It ends by itself after six hours: then it was on purpose.`,
    expr: `max by (job, instance, domain, label) (max_over_time(launchd_job_state{job="fettle"}[6h])) >= 0
  unless on (job, instance, domain, label) last_over_time(launchd_job_info{job="fettle"}[5m])
  and on (job, instance, domain) last_over_time(launchd_domain_up{job="fettle"}[2m]) == 1`,
    for: '5m',
    severity: 'warning',
    repairs: JOB,
    summary: 'A job of launchd is no longer loaded.',
    description:
      '{{ $labels.label }} is no longer loaded in {{ $labels.domain }} on {{ $labels.instance }}. Load it: `launchctl bootstrap {{ $labels.domain }} PLIST`, after `launchctl enable {{ $labels.domain }}/{{ $labels.label }}` if it was disabled.',
  },
  {
    alert: 'LaunchdDomainDown',
    comment:
      'gui/UID is there only while that user is logged in. A Mac that serves should log one in by itself.',
    expr: 'max_over_time(launchd_domain_up{job="fettle"}[2m]) == 0',
    for: '10m',
    severity: 'warning',
    summary: 'A domain of launchd is not there.',
    description:
      'Domain {{ $labels.domain }} on {{ $labels.instance }} is not there, so none of its jobs run: the user is not logged in. Log in (automatic login helps after a reboot), or move the jobs to LaunchDaemons, which run in the domain system.',
  },
  {
    alert: 'LaunchdQuestionsFailing',
    comment: 'What launchctl does not answer is not known, and rules about it do not fire.',
    expr: above('increase(launchd_failed_questions_total{job="fettle"}[15m])', 'launchd_questions_15m'),
    for: '5m',
    severity: 'warning',
    summary: 'Jobs of launchd cannot be read.',
    description:
      'On {{ $labels.instance }} question {{ $labels.question }} about the jobs of launchd was not answered {{ $value | humanize }} times within 15 minutes. Read the log of fettle, run `launchctl print system` by hand, and check exporter.launchd.',
  },
];
