import { type Absence, orNone } from '../absence.ts';
import { GREY, words } from '../colours.ts';
import { stateTimelinePanel } from '../panels/state-timeline.ts';
import { tablePanel } from '../panels/table.ts';
import { timeseriesPanel } from '../panels/timeseries.ts';
import { hostSeries, promql } from '../promql.ts';
import { collectorWorks } from './series.ts';

const half = { width: 12, height: 8 } as const;
const RAIL_ON_HOST = '{{rail}} ({{instance}})';

const noJetson = (label: string, value = 0): Absence => ({
  known: collectorWorks('jetson'),
  label,
  words: 'no Jetson',
  value,
});

/** What each supply of a Jetson gives. */
export const railPower = () =>
  timeseriesPanel(
    {
      title: 'Power of each supply',
      description:
        'Power that each supply (rail) of a Jetson gives. Some supplies feed others: do not add them up. The one called VDD_IN, or VIN, is the whole board where there is one.',
      unit: 'watt',
      size: half,
    },
    [
      {
        expr: orNone(promql`${hostSeries('jetson_rail_power_watts')}`, noJetson('rail')),
        legend: RAIL_ON_HOST,
      },
    ],
  );

/** The current of each supply. */
export const railCurrent = () =>
  timeseriesPanel(
    {
      title: 'Current of each supply',
      description:
        'Current that each supply of a Jetson gives. The timeline beside it shows when one was above a limit.',
      unit: 'amp',
      size: half,
    },
    [
      {
        expr: orNone(promql`${hostSeries('jetson_rail_current_amperes')}`, noJetson('rail')),
        legend: RAIL_ON_HOST,
      },
    ],
  );

/** The voltage of each supply. */
export const railVoltage = () =>
  timeseriesPanel(
    {
      title: 'Voltage of each supply',
      description:
        'Voltage of each supply of a Jetson. One that falls while the load rises: the power supply is too weak, or its cable too thin; the board then slows down or restarts.',
      unit: 'volt',
      size: half,
    },
    [
      {
        expr: orNone(promql`${hostSeries('jetson_rail_voltage_volts')}`, noJetson('rail')),
        legend: RAIL_ON_HOST,
      },
    ],
  );

/** When a supply gave more than it should. */
export const railAlarms = () =>
  timelineOf(
    'Supplies above a limit',
    'Whether the current of a supply is above a limit of its sensor, at which the board slows itself down ("over-current"). Choose a lower power mode, or a stronger power supply.',
    [
      {
        expr: orNone(promql`${hostSeries('jetson_rail_alarm')}`, noJetson('rail', -1)),
        legend: RAIL_ON_HOST,
      },
    ],
    words({ '-1': ['none', GREY], '0': ['fine', 'green'], '1': ['above', 'red'] }),
  );

/** Whether clocks are held. */
export const clocksLocked = () =>
  timelineOf(
    'Clocks held by jetson_clocks',
    'Whether all clocks are held at one frequency, as the program jetson_clocks does it: even speed for measurements, more heat and power at all other times.',
    [
      {
        expr: orNone(promql`${hostSeries('jetson_clocks_locked')}`, noJetson('instance', -1)),
        legend: '{{instance}}',
      },
    ],
    words({ '-1': ['no Jetson', GREY], '0': ['free', 'green'], '1': ['held', 'blue'] }),
  );

function timelineOf(
  title: string,
  description: string,
  queries: Parameters<typeof stateTimelinePanel>[1],
  meanings: Parameters<typeof stateTimelinePanel>[2],
) {
  return stateTimelinePanel({ title, description, unit: 'none', size: half }, queries, meanings);
}

/** How busy the memory of a Jetson is. */
export const memoryBusy = () =>
  timeseriesPanel(
    {
      title: 'Memory busy (EMC)',
      description:
        'Share of its clock in which the memory, which processor and GPU share, was at work. Only root can know: no line if fettle is not. Near 100 % everything waits for memory.',
      unit: 'percentunit',
      size: half,
      none: 'Not told: fettle is not root, or this is no Jetson',
    },
    [
      {
        expr: orNone(promql`${hostSeries('jetson_emc_utilization_ratio')}`, noJetson('instance')),
        legend: '{{instance}}',
      },
    ],
    { max: 1 },
  );

/** The power mode that is set. */
export const powerModes = () =>
  tablePanel(
    {
      title: 'Power modes',
      description:
        'The mode of nvpmodel that each Jetson runs in. MAXN is without a cap; the others cap power, clocks and the number of processors.',
      unit: 'none',
      size: half,
    },
    [
      {
        expr: orNone(promql`max by (instance, id, name) (${hostSeries('jetson_power_mode_info')})`, {
          ...noJetson('name'),
          words: 'no Jetson, or no mode set',
        }),
      },
    ],
    { labels: { name: 'Mode', id: 'Number', instance: 'Instance' } },
  );
