import { orNone } from '../absence.ts';
import { tablePanel } from '../panels/table.ts';
import { timeseriesPanel } from '../panels/timeseries.ts';
import { type Expression, hostSeries, promql } from '../promql.ts';
import { collectorWorks } from './series.ts';

const half = { width: 12, height: 9 } as const;
const ZONE = '{{type}} {{zone}} ({{instance}})';
const SENSOR = '{{chip}} {{device}} {{label}} {{sensor}} ({{instance}})';

/** Trip points at which the kernel slows down or switches off; at active ones a fan turns, and no more. */
const GRAVE = 'trip_type=~"passive|hot|critical"';

/** Temperatures of the kernel's thermal zones. */
export const zones = () =>
  timeseriesPanel(
    {
      title: 'Thermal zones',
      description:
        'Temperatures that the kernel watches: processors, boards, the parts of a Jetson. Where the kernel acts is told in the panels beside and below.',
      unit: 'celsius',
      size: half,
    },
    [
      {
        expr: orNone(
          promql`max by (instance, zone, type) (${hostSeries('thermal_zone_temperature_celsius')})`,
          {
            known: collectorWorks('thermal'),
            label: 'type',
            words: 'no thermal zone',
          },
        ),
        legend: ZONE,
      },
    ],
  );

/** How far each zone is from where the kernel acts. */
export const leftOfZones = () =>
  timeseriesPanel(
    {
      title: 'Degrees left until the kernel acts',
      description:
        'How far each zone is from its lowest trip point of the kinds passive (it slows down), hot (it warns) and critical (it switches the machine off at once). Below 0 the machine is slowed down for heat. Zones without such trip points are left out.',
      unit: 'celsius',
      size: half,
    },
    [
      {
        expr: orNone(
          promql`min by (instance, zone, type) (${hostSeries('thermal_zone_trip_celsius', GRAVE)})
  - max by (instance, zone, type) (${hostSeries('thermal_zone_temperature_celsius')})`,
          { known: collectorWorks('thermal'), label: 'type', words: 'no zone with trip points' },
        ),
        legend: ZONE,
      },
    ],
    { min: 'auto' },
  );

/** Every zone and its trip points. */
export const everyZone = () =>
  tablePanel(
    {
      title: 'Every thermal zone',
      description:
        'Temperature now, and where the kernel acts: where it slows down or warns (trip points passive and hot), and where it switches the machine off at once (critical). "Looked after" says whether the kernel does it itself, and the policy how.',
      unit: 'celsius',
      size: { width: 24, height: 7 },
    },
    [
      {
        expr: orNone(zone(promql`${hostSeries('thermal_zone_temperature_celsius')}`), {
          known: collectorWorks('thermal'),
          label: 'type',
          words: 'no thermal zone',
        }),
        heading: 'Now',
      },
      { expr: trip('passive|hot'), heading: 'Slows down' },
      { expr: trip('critical'), heading: 'Switches off' },
      {
        expr: promql`max by (instance, zone, type, mode, policy) (${hostSeries('thermal_zone_info')})`,
      },
    ],
    {
      labels: { type: 'Zone', zone: 'Number', mode: 'Looked after', policy: 'Policy', instance: 'Instance' },
      columns: { Number: { width: 90 }, Now: { decimals: 0 } },
      sortedBy: 'Now',
    },
  );

function zone(series: Expression): Expression {
  return promql`max by (instance, zone, type) (${series})`;
}

/** The lowest trip point of some kinds. */
function trip(kinds: string): Expression {
  return promql`min by (instance, zone, type) (${hostSeries('thermal_zone_trip_celsius', `trip_type=~"${kinds}"`)})`;
}

/** How much everything that cools does so. */
export const cooling = () =>
  timeseriesPanel(
    {
      title: 'What cools, and how much',
      description:
        'Cooling devices as a share of what they can do: fans, and processors that are slowed down to cool them. A processor above 0 % costs speed; anything at 100 % has nothing left to give.',
      unit: 'percentunit',
      size: half,
    },
    [
      {
        expr: orNone(
          promql`max by (instance, device, type) (${hostSeries('cooling_device_state')} / (${hostSeries('cooling_device_max_state')} > 0))`,
          { known: collectorWorks('thermal'), label: 'type', words: 'no cooling device' },
        ),
        legend: '{{type}} {{device}} ({{instance}})',
      },
    ],
    { max: 1 },
  );

/** Temperatures of the boards' own sensors. */
export const sensors = () =>
  timeseriesPanel(
    {
      title: 'Sensors of the board and of disks',
      description:
        'Temperatures that chips measure (hwmon): the board, NVMe disks, processors, network cards. NVMe disks slow down from some 70 to 80 degrees on.',
      unit: 'celsius',
      size: half,
    },
    [
      {
        expr: orNone(promql`${hostSeries('hwmon_temperature_celsius')}`, {
          known: collectorWorks('hwmon'),
          label: 'chip',
          words: 'no such sensor',
        }),
        legend: SENSOR,
      },
    ],
  );

/** How fast the fans of the boards turn. */
export const boardFans = () =>
  timeseriesPanel(
    {
      title: 'Fans of the board',
      description:
        'Revolutions in a minute. 0 stands still: fine for a fan that may pause while it is cool, a fault for all others. Sockets without a fan show 0 for ever.',
      unit: 'rotrpm',
      size: half,
    },
    [
      {
        expr: orNone(promql`${hostSeries('fan_speed_rpm')}`, {
          known: collectorWorks('hwmon'),
          label: 'chip',
          words: 'no fan that tells its speed',
        }),
        legend: SENSOR,
      },
    ],
  );

/** How often processors were slowed down for heat. */
export const processors = () =>
  timeseriesPanel(
    {
      title: 'Processors slowed down by heat',
      description:
        'Times that processors were slowed down for being too hot, summed over cores or packages, and what the kernel log said of it (most of a series is left out there). Anything above 0 under a normal load is too little air, dust, or a cooler that has come loose.',
      unit: 'short',
      size: half,
    },
    [
      {
        expr: orNone(
          promql`sum by (instance, scope) (increase(${hostSeries('cpu_thermal_throttles_total')}[$__rate_interval]))`,
          { known: collectorWorks('thermal'), label: 'scope', words: 'no processor that counts it' },
        ),
        legend: '{{scope}} ({{instance}})',
      },
      {
        expr: orNone(
          promql`sum by (instance, scope) (increase(${hostSeries('kernel_thermal_throttle_events_total')}[$__rate_interval]))`,
          { known: hostSeries('kernel_log_up'), label: 'scope', words: 'nothing' },
        ),
        legend: 'kernel log: {{scope}} ({{instance}})',
      },
    ],
    { decimals: 0 },
  );

/** Sensors that could not be read. */
export const unreadable = () =>
  timeseriesPanel(
    {
      title: 'Sensors that could not be read',
      description:
        'Reads of zones, cooling devices and sensors that failed, by the error of the kernel. EAGAIN and ENODATA now and then are a sensor that sleeps; timeout is one that hangs. What cannot be read is left out of the other panels, never shown with an old value.',
      unit: 'short',
      size: { width: 24, height: 7 },
    },
    [
      failures('thermal', 'type, zone, file', 'thermal_zone_read_errors_total', '{{type}} {{zone}} {{file}}'),
      failures(
        'thermal',
        'type, device, file',
        'cooling_device_read_errors_total',
        '{{type}} {{device}} {{file}}',
      ),
      failures('hwmon', 'chip, device, sensor', 'hwmon_read_errors_total', '{{chip}} {{device}} {{sensor}}'),
    ],
    { bars: true, decimals: 0 },
  );

function failures(collector: string, labels: string, metric: string, legend: string) {
  const by: Expression = { kind: 'expression', text: `instance, errno, ${labels}` };
  const counts = promql`sum by (${by}) (increase(${hostSeries(metric)}[$__rate_interval])) > 0`;
  const absence = { known: collectorWorks(collector), label: 'errno', words: 'no error' };
  return { expr: orNone(counts, absence), legend: `{{errno}} ${legend} ({{instance}})` };
}
