import { tablePanel } from '../panels/table.ts';
import { promql, unitSeries } from '../promql.ts';
import { STATE_NAMES } from './states.ts';

const wide = { width: 24, height: 10 } as const;

/** Leads to "Unit detail" with the unit of the row chosen. Its columns are called Unit and Instance. */
export const TO_UNIT = {
  title: 'Show this unit',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana fills it in, not JavaScript.
  url: '/d/fettle-unit?var-datasource=${datasource}&var-instance=${__data.fields.Instance}&var-name=${__data.fields.Unit}&${__url_time_range}',
} as const;

/** What a person looks for who knows a unit's name, or half of it. */
export const everyUnit = () =>
  tablePanel(
    {
      title: 'Every unit',
      description:
        'All chosen units of all types, the state each is in now, and what its type says of it. The funnel beside a heading filters.',
      unit: 'none',
      size: { width: 24, height: 14 },
      none: 'No unit of systemd',
    },
    [
      {
        expr: promql`max by (instance, name, type, state, substate) (
  (${unitSeries('systemd_unit_state')} == 1)
  * on (job, instance, name) group_left (substate) max by (job, instance, name, substate) (${unitSeries('systemd_unit_substate_info')})
)`,
      },
    ],
    {
      labels: { name: 'Unit', state: 'State', substate: 'Substate', type: 'Type', instance: 'Instance' },
      columns: { State: { meanings: STATE_NAMES }, Unit: { link: TO_UNIT } },
    },
  );

/** What systemd read of each unit's files. */
export const unitFiles = () =>
  tablePanel(
    {
      title: 'Unit files',
      description:
        'Whether systemd could load each unit, whether it is started at boot, and whether its file has changed since (1: run `systemctl daemon-reload`, or the change is not in force).',
      unit: 'none',
      size: wide,
      none: 'No unit of systemd',
    },
    [
      { expr: promql`max by (instance, name, load_state) (${unitSeries('systemd_unit_load_state_info')})` },
      { expr: promql`max by (instance, name, state) (${unitSeries('systemd_unit_file_state_info')})` },
      {
        expr: promql`max by (instance, name) (${unitSeries('systemd_unit_need_daemon_reload')})`,
        heading: 'Changed since',
      },
    ],
    {
      labels: { name: 'Unit', load_state: 'Loaded', state: 'At boot', instance: 'Instance' },
      columns: { Unit: { link: TO_UNIT } },
      sortedBy: 'Changed since',
    },
  );

/** How the last run of each service ended. */
export const lastRuns = () =>
  tablePanel(
    {
      title: 'How services ended last',
      description:
        'The result of the last run in the words of systemd, the exit code or the signal of its main process, and when it began and ended. "success" with an old end is a service that has been running since.',
      unit: 'none',
      size: wide,
      none: 'No service of systemd',
    },
    [
      { expr: promql`max by (instance, name, result) (${unitSeries('systemd_service_last_result_info')})` },
      {
        expr: promql`max by (instance, name) (${unitSeries('systemd_service_exit_code')})`,
        heading: 'Exit code',
      },
      {
        expr: promql`max by (instance, name) (${unitSeries('systemd_service_exit_signal')})`,
        heading: 'Signal',
      },
      {
        expr: promql`max by (instance, name) (${unitSeries('systemd_unit_active_enter_time_seconds', 'type="service"')} > 0) * 1000`,
        heading: 'Last active from',
      },
      {
        expr: promql`max by (instance, name) (${unitSeries('systemd_unit_active_exit_time_seconds', 'type="service"')} > 0) * 1000`,
        heading: 'Last active until',
      },
    ],
    {
      labels: { name: 'Unit', result: 'Result', instance: 'Instance' },
      columns: {
        Unit: { link: TO_UNIT },
        'Last active from': { unit: 'dateTimeFromNow' },
        'Last active until': { unit: 'dateTimeFromNow' },
      },
      sortedBy: 'Last active until',
    },
  );

/** When timers trigger. */
export const timers = () =>
  tablePanel(
    {
      title: 'Timers',
      description:
        'When each timer last triggered and when it will next. A next time in the past is a timer that is overdue; how its service fared stands with the service.',
      unit: 'none',
      size: wide,
      none: 'No timer is chosen',
    },
    [
      { expr: promql`max by (instance, name, result) (${unitSeries('systemd_timer_last_result_info')})` },
      {
        expr: promql`max by (instance, name) (${unitSeries('systemd_timer_last_trigger_seconds')} > 0) * 1000`,
        heading: 'Last',
      },
      {
        expr: promql`max by (instance, name) (${unitSeries('systemd_timer_next_elapse_seconds')}) * 1000`,
        heading: 'Next',
      },
    ],
    {
      labels: { name: 'Unit', result: 'Result', instance: 'Instance' },
      columns: {
        Unit: { link: TO_UNIT },
        Last: { unit: 'dateTimeFromNow' },
        Next: { unit: 'dateTimeFromNow' },
      },
      sortedBy: 'Next',
    },
  );

/** Connections of sockets. */
export const sockets = () =>
  tablePanel(
    {
      title: 'Sockets',
      description:
        'Connections of sockets that start a service for each (Accept=yes): open now, and accepted and refused in the time shown. Refused means that MaxConnections= was reached.',
      unit: 'short',
      size: wide,
      none: 'No socket is chosen',
    },
    [
      {
        expr: promql`max by (instance, name) (${unitSeries('systemd_socket_current_connections')})`,
        heading: 'Open',
      },
      {
        expr: promql`max by (instance, name) (increase(${unitSeries('systemd_socket_accepted_connections_total')}[$__range]))`,
        heading: 'Accepted',
      },
      {
        expr: promql`max by (instance, name) (increase(${unitSeries('systemd_socket_refused_connections_total')}[$__range]))`,
        heading: 'Refused',
      },
    ],
    {
      labels: { name: 'Unit', instance: 'Instance' },
      columns: { Unit: { link: TO_UNIT }, Accepted: { decimals: 0 }, Refused: { decimals: 0 } },
      sortedBy: 'Refused',
    },
  );
