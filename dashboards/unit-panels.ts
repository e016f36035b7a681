import { stateTimelinePanel, tablePanel, timeseriesPanel } from './panel.ts';
import { promql, unitSeries } from './promql.ts';
import { STATE_NAMES, STATE_NUMBERS, stateNumber } from './unit-states.ts';
import { DATASOURCE } from './variables.ts';

/** Slices hold the sums of the units inside them; beside those units they would count everything twice. */
const NO_SLICE = 'type!="slice"';
const UNIT_ON_HOST = '{{name}} ({{instance}})';

const common = { datasource: DATASOURCE } as const;
const half = { width: 12, height: 10 } as const;

/** The state of each service over time. */
export const states = () =>
  stateTimelinePanel(
    {
      ...common,
      title: 'State of each service',
      description: 'One row a service. Choose units above to see fewer; pages of 20 otherwise.',
      unit: 'none',
      expr: stateNumber('type="service"'),
      size: { width: 24, height: 12 },
    },
    UNIT_ON_HOST,
    STATE_NUMBERS,
  );

/** Crash loops: automatic restarts of each service over time. */
export const restarts = () =>
  timeseriesPanel(
    {
      ...common,
      title: 'Automatic restarts of each service',
      description:
        'Restarts that systemd made by itself, within the interval around each point. A service that shows up here again and again is in a crash loop.',
      unit: 'short',
      expr: promql`sum by (instance, name) (increase(${unitSeries('systemd_service_restart_total')}[$__rate_interval]))`,
      size: half,
    },
    UNIT_ON_HOST,
  );

/** Memory of each unit over time. */
export const memory = () =>
  timeseriesPanel(
    {
      ...common,
      title: 'Memory of each unit',
      description:
        'Memory of each control group, page cache included. Slices are left out, because they are the sums of their units.',
      unit: 'bytes',
      expr: promql`sum by (instance, name) (${unitSeries('systemd_unit_memory_current_bytes', NO_SLICE)})`,
      size: half,
    },
    UNIT_ON_HOST,
  );

/** CPU time of each unit over time, spent in its own code. */
export const cpuUser = () => cpu('user', 'CPU time of each unit, user', 'its own code');

/** CPU time of each unit over time, spent in the kernel. */
export const cpuSystem = () =>
  cpu(
    'system',
    'CPU time of each unit, system',
    'the kernel on its behalf: reading, writing, the GPU driver',
  );

const cpu = (mode: 'user' | 'system', title: string, what: string) =>
  timeseriesPanel(
    {
      ...common,
      title,
      description: `CPU time that each unit spent in ${what}. 100 % is one core. Slices are left out.`,
      unit: 'percentunit',
      expr: promql`sum by (instance, name) (rate(${unitSeries('systemd_unit_cpu_seconds_total', NO_SLICE, `mode="${mode}"`)}[$__rate_interval]))`,
      size: half,
    },
    UNIT_ON_HOST,
  );

/** What a person looks for who knows a unit's name, or half of it. */
export const everyUnit = () =>
  tablePanel(
    {
      ...common,
      title: 'State of every unit',
      description:
        'All chosen units of all types and the state each is in now. The funnel beside a heading filters.',
      unit: 'none',
      expr: promql`max by (instance, name, type, state) (${unitSeries('systemd_unit_state')}) == 1`,
      size: { width: 24, height: 14 },
    },
    { name: 'Unit', state: 'State', type: 'Type', instance: 'Instance' },
    { column: 'State', meanings: STATE_NAMES },
  );
