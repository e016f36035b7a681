import type { ValueMapping } from '@grafana/grafana-foundation-sdk/dashboard';
import { MappingType } from '@grafana/grafana-foundation-sdk/dashboard';
import { statPanel } from './panel.ts';
import { hostSeries, promql, unitSeries } from './promql.ts';
import { DATASOURCE } from './variables.ts';

const GOOD_UNTIL_ONE = [
  { color: 'green', value: null },
  { color: 'red', value: 1 },
];
const BAD_UNTIL_ONE = [
  { color: 'red', value: null },
  { color: 'green', value: 1 },
];
const NEUTRAL = [{ color: 'blue', value: null }];
const YES_NO: readonly ValueMapping[] = [
  {
    type: MappingType.ValueToText,
    options: { '0': { text: 'No', index: 0 }, '1': { text: 'Yes', index: 1 } },
  },
];

const common = { datasource: DATASOURCE, size: { width: 6, height: 4 } } as const;

/** How many units have failed. */
export const failedUnits = () =>
  statPanel(
    {
      ...common,
      title: 'Failed units',
      description: 'Units that systemd has given up on. Each one needs a person, or a policy of fettle.',
      unit: 'short',
      expr: promql`sum(${unitSeries('systemd_unit_state', 'state="failed"')})`,
    },
    { thresholds: GOOD_UNTIL_ONE },
  );

/** How many units are up. */
export const activeUnits = () =>
  statPanel(
    {
      ...common,
      title: 'Active units',
      description: 'Units that are up, of all types: services, sockets, timers, mounts and so on.',
      unit: 'short',
      expr: promql`sum(${unitSeries('systemd_unit_state', 'state="active"')})`,
    },
    { thresholds: NEUTRAL },
  );

/** How many restarts systemd made by itself in the time shown. */
export const restartsInRange = () =>
  statPanel(
    {
      ...common,
      title: 'Automatic restarts',
      description:
        'How often systemd restarted a service by itself in the time shown. Restarts by hand do not count.',
      unit: 'short',
      expr: promql`sum(increase(${unitSeries('systemd_service_restart_total')}[$__range]))`,
    },
    { thresholds: NEUTRAL },
  );

/** Whether the other panels can be believed. */
export const systemdAnswers = () =>
  statPanel(
    {
      ...common,
      title: 'systemd answers',
      description:
        'Whether the systemd of every chosen host talks to fettle. While one does not, the other panels have no news of that host.',
      unit: 'none',
      expr: promql`min(${hostSeries('fettle_systemd_up')})`,
    },
    { thresholds: BAD_UNTIL_ONE, mappings: YES_NO },
  );
