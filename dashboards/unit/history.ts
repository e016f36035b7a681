import { GREY, words } from '../colours.ts';
import { stateTimelinePanel } from '../panels/state-timeline.ts';
import { timeseriesPanel } from '../panels/timeseries.ts';
import { alertSeries, hostSeries, promql, unitSeries } from '../promql.ts';
import { UNIT_ON_HOST } from './now.ts';
import { STATE_NUMBERS, stateNumber } from './states.ts';

const half = { width: 12, height: 9 } as const;

/** The state of each unit over time. */
export const states = () =>
  stateTimelinePanel(
    {
      title: 'State of each unit',
      description:
        'One row a unit, 20 rows a page. Failed is red, active green. Blue lines through all panels are repairs by fettle.',
      unit: 'none',
      size: { width: 24, height: 7 },
      none: 'No unit of systemd is chosen',
    },
    [{ expr: stateNumber(), legend: UNIT_ON_HOST }],
    STATE_NUMBERS,
  );

/** Whether each service runs, over time, whichever manager it has. */
export const running = () =>
  stateTimelinePanel(
    {
      title: 'Services of launchd and with a pid file',
      description:
        'Whether each service runs that systemd does not look after. One row a service; it has a gap while that is not known.',
      unit: 'none',
      size: half,
      none: 'All chosen services are of systemd',
    },
    [{ expr: promql`${unitSeries('unit_up', 'manager!="systemd"')}`, legend: UNIT_ON_HOST }],
    words({ '0': ['down', 'red'], '1': ['up', 'green'] }),
  );

/** Crash loops: automatic restarts of each service over time. */
export const restarts = () =>
  timeseriesPanel(
    {
      title: 'Automatic restarts over time',
      description:
        'Restarts that the manager made by itself, within the interval around each point. A service that shows up here again and again is in a crash loop.',
      unit: 'short',
      size: half,
      none: 'No service is chosen',
    },
    [
      {
        expr: promql`sum by (instance, name) (increase(${unitSeries('unit_restarts_total')}[$__rate_interval]))`,
        legend: UNIT_ON_HOST,
      },
    ],
  );

/** Failed runs and activations of each unit over time. */
export const failures = () =>
  timeseriesPanel(
    {
      title: 'Failed runs by how they failed',
      description:
        'Failed runs within the interval around each point, in the words of systemd: exit-code, signal, oom-kill, timeout, watchdog, start-limit-hit and so on. Counted from signals, so that none between two scrapes is missed.',
      unit: 'short',
      size: half,
      none: 'No chosen unit has failed since fettle started',
    },
    [
      {
        expr: promql`sum by (instance, name, result) (increase(${unitSeries('systemd_unit_failures_total')}[$__rate_interval]))`,
        legend: '{{result}}: {{name}} ({{instance}})',
      },
    ],
  );

/** How often each unit became active, over time. */
export const activations = () =>
  timeseriesPanel(
    {
      title: 'Activations',
      description:
        'How often each unit became active within the interval around each point: starts by hand, by systemd, by timers and by fettle together.',
      unit: 'short',
      size: half,
    },
    [
      {
        expr: promql`sum by (instance, name) (increase(${unitSeries('systemd_unit_activations_total')}[$__rate_interval]))`,
        legend: UNIT_ON_HOST,
      },
    ],
  );

/** Alerts about the chosen units over time. */
export const alerts = () =>
  stateTimelinePanel(
    {
      title: 'Alerts about these units',
      description:
        'When alerts about the chosen units were pending or firing. What fettle did about them stands in the dashboard "fettle / Repairs".',
      unit: 'none',
      size: half,
      none: 'No alert about these units in the time shown',
    },
    [
      {
        expr: promql`max by (alertname, unit, instance) (${alertSeries('alertstate="firing"', 'unit=~"$name"')}) * 2 or max by (alertname, unit, instance) (${alertSeries('alertstate="pending"', 'unit=~"$name"')})`,
        legend: '{{alertname}}: {{unit}} ({{instance}})',
      },
    ],
    words({ '1': ['pending', 'yellow'], '2': ['firing', 'red'] }),
  );

/** Probes of the chosen units over time. */
export const probes = () =>
  stateTimelinePanel(
    {
      title: 'Probes of these units',
      description:
        'Whether each probe that is configured for a chosen unit was answered as it should be. Red while the unit is active: it runs and does not work.',
      unit: 'none',
      size: half,
      none: 'No probe is configured for these units',
    },
    [
      {
        expr: promql`${hostSeries('fettle_probe_success', 'unit=~"$name"')}`,
        legend: '{{probe}}: {{unit}} ({{instance}})',
      },
    ],
    words({ '0': ['fails', 'red'], '1': ['succeeds', 'green'] }),
  );

/** What launchd says of its jobs, over time. */
export const launchdStates = () =>
  stateTimelinePanel(
    {
      title: 'State of jobs of launchd',
      description:
        'What launchd says of each job. "Not running" is normal for one that runs now and then; "spawn scheduled" again and again is a crash loop.',
      unit: 'none',
      size: half,
      none: 'No launchd is read here',
    },
    [
      {
        expr: promql`max by (instance, domain, label) (
  ${hostSeries('launchd_job_state', 'state="running"')} * 1
  or ${hostSeries('launchd_job_state', 'state="not running"')} * 2
  or ${hostSeries('launchd_job_state', 'state!~"running|not running"')} * 3
)`,
        legend: '{{domain}}/{{label}} ({{instance}})',
      },
    ],
    words({
      '0': ['not known', GREY],
      '1': ['running', 'green'],
      '2': ['not running', GREY],
      '3': ['other', 'yellow'],
    }),
  );
