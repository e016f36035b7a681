import { above } from '../compare.ts';
import { held } from '../held.ts';
import { inParentheses } from '../indented.ts';
import type { RuleGroup } from '../rule.ts';

const HANGS = held({
  alert: 'DeviceHangs',
  series: 'fettle_hung_read_seconds{job="fettle"}',
  is: '> 0',
  on: ['instance', 'path'],
  told: 'up{job="fettle"}',
});

/** Alerts about fettle itself: what has to hold for the other groups to mean anything. */
export const SELF: RuleGroup = {
  name: 'self',
  comment: 'Alerts about fettle itself: what has to hold for the other groups to mean anything.',
  rules: [
    {
      alert: 'Watchdog',
      comment: `Always fires. Route it to something outside that calls you when it stops coming (a dead man's switch): then Prometheus, Alertmanager or the way to you is broken, and no other alert could say so.`,
      expr: 'vector(1) > 0',
      for: '5s',
      severity: 'info',
      summary: 'The way from Prometheus to you works.',
      description:
        'This alert always fires, and nothing is to be done while it does{{ with $labels.instance }} ({{ . }}){{ end }}. If it stops coming, look at Prometheus and Alertmanager: no other alert reaches you then.',
    },
    {
      alert: 'FettleExporterDown',
      comment: `Without the exporter no other rule of fettle can fire, and silence looks like health. \`absent\` covers the case that \`up\` cannot: nobody scrapes the exporter at all, because the job is missing from prometheus.yml or is named otherwise. It has no instance then, hence the {{ with }} below.

Three minutes outlast an upgrade of fettle (seconds), the first scrape after a start of Prometheus (one scrape interval) and a usual reboot of the host when Prometheus runs elsewhere. An exporter that keeps restarting and resets this clock is caught by ServiceCrashLooping.`,
      expr: 'up{job="fettle"} == 0 or absent(up{job="fettle"})',
      for: '3m',
      severity: 'critical',
      summary: 'Prometheus gets no metrics from fettle.',
      description:
        'Prometheus has had no answer from fettle\'s exporter {{ with $labels.instance }}at {{ . }} {{ end }}for 3 minutes, so failed units and crash loops there go unseen and nothing is repaired. On that host read `systemctl status fettle-exporter` and `curl -s 127.0.0.1:10558/-/healthy`; in Prometheus look at Status > Targets for the job "fettle".',
    },
    {
      alert: 'SystemdUnreachable',
      comment: `systemd does not answer on D-Bus, and every series of a unit's state is left out: the alerts about units are blind. Five minutes outlast a restart of dbus and a daemon-reexec. Where there is no systemd there is no such series.`,
      expr: 'max_over_time(fettle_systemd_up{job="fettle"}[2m]) == 0',
      for: '5m',
      severity: 'critical',
      summary: 'Fettle cannot ask systemd.',
      description:
        'systemd on {{ $labels.instance }} has not answered fettle for 5 minutes, so nobody sees failed units there and nothing can be repaired. `busctl status org.freedesktop.systemd1` and `systemctl is-system-running` show whether anybody is answered; `fettle doctor` shows what is in the way.',
    },
    {
      alert: 'CollectorFailed',
      comment: `A collector that fails costs its own series, and the alerts on them are quiet. Having nothing to read is no failure. max_over_time asks for no success within the window, so that one that fails now and then does not alert.`,
      expr: `max_over_time(fettle_collector_success{job="fettle"}[5m]) == 0
or
max_over_time(fettle_collector_success{job="fettle-remediator"}[5m]) == 0`,
      for: '5m',
      severity: 'warning',
      summary: 'A part of what fettle exports is missing.',
      description:
        'The collector {{ $labels.collector }} on {{ $labels.instance }} has failed for 10 minutes; its series are missing and alerts on them cannot fire. The log of fettle (`journalctl -u fettle-exporter`, or `-u fettle-remediator` for the collector remediator) gives the error, and `fettle doctor` on that host says what is in the way.',
    },
    {
      alert: 'CollectorSlow',
      comment: `A collector is given up after 5 s, or sooner if Prometheus' own limit is shorter. min_over_time asks for every scrape of the window, since a busy moment is no fault.`,
      expr: above('min_over_time(fettle_collector_duration_seconds{job="fettle"}[5m])', 'collector_seconds'),
      for: '5m',
      severity: 'warning',
      summary: 'A collector of fettle is slow.',
      description:
        'The collector {{ $labels.collector }} on {{ $labels.instance }} has taken more than 2.5 s in each scrape (or the threshold collector_seconds) for 10 minutes; after 5 s its series would be missing. Look for a device that hangs (DeviceHangs) and for a machine that is overloaded.',
    },
    {
      alert: 'ScrapeSlow',
      comment: `Prometheus gives a scrape up after scrape_timeout, 10 s unless told otherwise, and then all series are missing at once.`,
      expr: above('min_over_time(scrape_duration_seconds{job="fettle"}[5m])', 'scrape_seconds'),
      for: '5m',
      severity: 'warning',
      summary: 'Scrapes of fettle are slow.',
      description:
        'Each scrape of {{ $labels.instance }} has taken more than 5 s (or the threshold scrape_seconds) for 10 minutes. fettle_collector_duration_seconds says which collector; if none of them, look at the network and the load of the machine.',
    },
    {
      alert: 'DeviceHangs',
      comment: `A read of a sensor, a card or a file system has not come back. Fettle asks it nothing more until it does, and where several hang leaves others out as well: their alerts are blind.`,
      expr: `${inParentheses(above('max_over_time(fettle_hung_read_seconds{job="fettle"}[2m])', 'hung_read_seconds'))}
and on (instance, path) ${inParentheses(HANGS)}`,
      for: '5s',
      severity: 'warning',
      summary: 'A device or file system does not answer.',
      description:
        '{{ $labels.path }} on {{ $labels.instance }} has not answered a read for more than a minute (or the threshold hung_read_seconds). `journalctl -k` names the driver or server; a network file system comes back with its server or `umount -f`, a device mostly with a reboot.',
    },
  ],
};
