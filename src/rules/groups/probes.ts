import { above, below } from '../compare.ts';
import { inParentheses } from '../indented.ts';
import type { RuleGroup } from '../rule.ts';

/** A name of systemd ends in its type; of others a label does not tell whose they are. */
const SYSTEMD_NAME = '.+[.](service|socket|timer|target|mount|path)';

const DURATION = 'avg_over_time(fettle_probe_duration_seconds{job="fettle",type=~"http|tcp|redis|dns"}[5m])';
const VALIDITY =
  '(last_over_time(fettle_probe_certificate_expiry_timestamp_seconds{job="fettle"}[10m]) - time())';

/** Alerts about what services answer when they are asked. */
export const PROBES: RuleGroup = {
  name: 'probes',
  comment: `Alerts about probes: what services answer when they are asked, whatever their manager says of them.

A probe asks on a schedule of its own, and its last answer is seen by every scrape until the next one: so for how long it has failed is measured in time, not in answers. Functions over time bridge missed scrapes.`,
  rules: [
    {
      alert: 'ServiceProbeFailed',
      comment: `Of a unit of systemd, so fettle can repair it: it is up for systemd and does not answer. One good answer ends it at once. A minute outlasts one lost answer at the usual intervals and a quick restart; a policy should want more patience of a service that loads a model: for 5 minutes there is ServiceDown.`,
      expr: `last_over_time(fettle_probe_success{job="fettle",unit=~"${SYSTEMD_NAME}"}[2m]) == 0`,
      for: '1m',
      severity: 'warning',
      repairs: { manager: 'systemd', unit: '{{ $labels.unit }}' },
      summary: 'A service does not answer as it should.',
      description:
        'Probe {{ $labels.probe }} of {{ $labels.unit }} on {{ $labels.instance }} has failed for a minute. `fettle probe {{ $labels.probe }}` asks again and explains the answer; `systemctl status {{ $labels.unit }}` and `journalctl -u {{ $labels.unit }} -e` tell the other side. Restart the unit if it hangs.',
    },
    {
      alert: 'ProbeFailed',
      comment:
        'Of what is no unit of systemd: a file, a licence, a job of launchd. There is nothing to restart, or nobody knows how.',
      expr: `last_over_time(fettle_probe_success{job="fettle",unit!~"${SYSTEMD_NAME}"}[2m]) == 0`,
      for: '1m',
      severity: 'warning',
      summary: 'A probe fails.',
      description:
        'Probe {{ $labels.probe }}{{ with $labels.unit }} of {{ . }}{{ end }} on {{ $labels.instance }} has failed for a minute. `fettle probe {{ $labels.probe }}` asks again, says what was expected and what came, and how to mend it.',
    },
    {
      alert: 'ServiceDown',
      comment: `A service that is named by its probe and has given no good answer for five minutes: people are without it. Fettle is not told of it, it has ServiceProbeFailed.`,
      expr: 'last_over_time(fettle_probe_success{job="fettle",unit!=""}[2m]) == 0',
      for: '5m',
      severity: 'critical',
      about: '{{ $labels.unit }}',
      summary: 'A service has been down for five minutes.',
      description:
        '{{ $labels.unit }} on {{ $labels.instance }} has given probe {{ $labels.probe }} no good answer for 5 minutes. Run `fettle probe {{ $labels.probe }}` there, read the log of the service, and `fettle repairs` for what fettle has done about it.',
    },
    {
      alert: 'ProbeFlapping',
      comment:
        'A service that fails for half a minute now and then never fails for long enough to alert otherwise. keep_firing_for makes one alert of it.',
      expr: above('changes(fettle_probe_success{job="fettle"}[30m])', 'probe_changes_30m'),
      for: '1m',
      keepFiringFor: '15m',
      severity: 'warning',
      summary: 'A probe fails and succeeds in turn.',
      description:
        'Probe {{ $labels.probe }}{{ with $labels.unit }} of {{ . }}{{ end }} on {{ $labels.instance }} has changed between good and bad {{ $value | humanize }} times within 30 minutes. fettle_probe_failures_total says why it fails; look for load, for restarts, and for a timeout that is too short.',
    },
    {
      alert: 'ProbeSlow',
      comment:
        'Of good answers: one that never comes is a failed one, after the timeout of the probe (5 s if none is set). Programs and files take as long as they take.',
      expr: `${inParentheses(above(DURATION, 'probe_seconds'))}
  unless on (job, instance, probe) last_over_time(fettle_probe_success{job="fettle"}[2m]) == 0`,
      for: '5m',
      keepFiringFor: '5m',
      severity: 'warning',
      summary: 'A service answers slowly.',
      description:
        'Probe {{ $labels.probe }}{{ with $labels.unit }} of {{ . }}{{ end }} on {{ $labels.instance }} has waited {{ $value | humanizeDuration }} for its answers. fettle_probe_phase_duration_seconds says which part takes so long; look at how busy the service, its GPU and its disks are.',
    },
    {
      alert: 'ProbeStale',
      comment:
        'Its last answer is older than three intervals and the timeout, so what it said is not told any more. No other rule about it can fire.',
      expr: `last_over_time(fettle_probe_last_run_timestamp_seconds{job="fettle"}[2m])
  unless on (job, instance, probe) last_over_time(fettle_probe_success{job="fettle"}[2m]) >= 0`,
      for: '2m',
      severity: 'warning',
      summary: 'A probe is not asked any more.',
      description:
        'Probe {{ $labels.probe }} on {{ $labels.instance }} has had no answer, good or bad, for longer than three of its intervals. Read `journalctl -u fettle-exporter -e`, look at fettle_hung_read_seconds, and whether too many slow probes wait for each other.',
    },
    {
      alert: 'CertificateExpiring',
      comment:
        'Below the other figure it is CertificateExpiringSoon. For certificates that live only for days, set both lower.',
      expr: `${inParentheses(below(VALIDITY, 'certificate_seconds'))}
unless
${inParentheses(below(VALIDITY, 'certificate_urgent_seconds'))}`,
      for: '15m',
      severity: 'warning',
      summary: 'A certificate expires within weeks.',
      description:
        'The certificate that {{ with $labels.unit }}{{ . }}{{ else }}the service{{ end }} shows to probe {{ $labels.probe }} on {{ $labels.instance }} is valid for {{ $value | humanizeDuration }} more. Renew it, and look why that has not happened by itself.',
    },
    {
      alert: 'CertificateExpiringSoon',
      comment: 'An expired one is below zero, so it goes on firing.',
      expr: below(VALIDITY, 'certificate_urgent_seconds'),
      for: '15m',
      severity: 'critical',
      summary: 'A certificate expires within days, or has expired.',
      description:
        'The certificate that {{ with $labels.unit }}{{ . }}{{ else }}the service{{ end }} shows to probe {{ $labels.probe }} on {{ $labels.instance }} is valid for {{ $value | humanizeDuration }} more; after that nobody will connect. Renew it now and reload the service.',
    },
  ],
};
