import { orNone } from '../absence.ts';
import { words } from '../colours.ts';
import { tablePanel } from '../panels/table.ts';
import { alertSeries, type Expression, either, hostSeries, promql } from '../promql.ts';
import { TO_UNIT } from '../unit/tables.ts';

const half = { width: 12, height: 8 } as const;

const SEVERITIES = words({
  critical: ['critical', 'red'],
  warning: ['warning', 'orange'],
  info: ['info', 'blue'],
  none: ['none'],
});

/** Alerts that fire now. */
export const firing = () =>
  tablePanel(
    {
      title: 'Firing alerts',
      description:
        'All alerts that fire now about the chosen hosts. What each means and what to do is in its runbook (alerts/runbooks/), which its annotation names.',
      unit: 'none',
      size: half,
      none: 'Nothing is known: Prometheus has no metrics of fettle',
    },
    [
      {
        expr: promql`sort_desc(${orNone(firingNow(), { known: hostSeries('up'), label: 'alertname', words: 'None is firing' })})`,
      },
    ],
    {
      labels: { severity: 'Severity', alertname: 'Alert', unit: 'Unit', gpu: 'GPU', instance: 'Instance' },
      columns: {
        Severity: { meanings: SEVERITIES, width: 90 },
        Alert: { width: 220 },
        Unit: { link: TO_UNIT },
        GPU: { width: 60 },
        Instance: { width: 110 },
      },
    },
  );

/** With a value that is higher the more urgent the alert is: rows stand in the order of the answer. */
function firingNow(): Expression {
  const ofSeverity = (matcher: string, rank: number) =>
    promql`max by (severity, alertname, unit, gpu, instance) (${alertSeries('alertstate="firing"', matcher)}) * ${rank}`;
  return either(
    ofSeverity('severity="critical"', 3),
    ofSeverity('severity="warning"', 2),
    ofSeverity('severity!~"critical|warning|none"', 1),
  );
}

/** Everything that should run and does not. */
export const down = () =>
  tablePanel(
    {
      title: 'What is down',
      description:
        'Units of systemd that have failed, jobs of launchd that cannot start for their configuration, and daemons whose process has ended. A click on the unit shows its history.',
      unit: 'none',
      size: half,
      none: 'Nothing is known: Prometheus has no metrics of fettle',
    },
    [{ expr: orNone(downNow(), { known: hostSeries('up'), label: 'name', words: 'Nothing is down' }) }],
    {
      labels: { name: 'Unit', manager: 'Manager', instance: 'Instance' },
      columns: { Unit: { link: TO_UNIT } },
    },
  );

function downNow(): Expression {
  const failed = promql`max by (instance, name) (${hostSeries('systemd_unit_state', 'state="failed"')} == 1)`;
  const ended = promql`max by (instance, name) (${hostSeries('daemon_state', 'state="failed"')} == 1)`;
  const broken = promql`max by (instance, domain, label) (${hostSeries('launchd_job_config_error')} == 1)`;
  return either(
    promql`label_replace(${failed}, "manager", "systemd", "", "")`,
    promql`label_replace(${ended}, "manager", "pidfile", "", "")`,
    promql`label_join(label_replace(${broken}, "manager", "launchd", "", ""), "name", "/", "domain", "label")`,
  );
}
