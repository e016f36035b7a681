import { orNone } from '../absence.ts';
import { GREY, RUNS_FULL, thresholds, words } from '../colours.ts';
import { barGaugePanel } from '../panels/gauge.ts';
import { type Expression, hostSeries, promql } from '../promql.ts';

const third = { width: 8, height: 8 } as const;
const GPU_ON_HOST = 'GPU {{gpu}} ({{instance}})';

/** A value that no reading has. */
const NOTHING = -1;
const NO_GPU = words({ [NOTHING]: ['No GPU', GREY] });

/** While a backend fails, "no GPU" would be a guess: then there is nothing to see, and Grafana says "No data". */
function orNoGpu(expression: Expression): Expression {
  const none = orNone(expression, { known: hostSeries('up'), label: 'gpu', words: 'none', value: NOTHING });
  return promql`(${none}) unless on () (${hostSeries('gpu_collect_success')} == 0 unless on () ${hostSeries('gpu_info')})`;
}

/** How busy each GPU is. */
export const gpuUse = () =>
  barGaugePanel(
    {
      title: 'GPUs: busy',
      description:
        'Share of the last moments in which each GPU computed; the 12 busiest of the chosen hosts. Busy is as it should be. Idle beside a queue of work is not: look at its unit.',
      unit: 'percentunit',
      size: third,
    },
    [
      {
        expr: orNoGpu(
          promql`topk(12, max by (instance, gpu) (${hostSeries('gpu_utilization_ratio', 'engine="gpu"')}))`,
        ),
        legend: GPU_ON_HOST,
      },
    ],
    { thresholds: thresholds('blue'), mappings: NO_GPU, max: 1 },
  );

/** How full the memory of each GPU is. */
export const gpuMemory = () =>
  barGaugePanel(
    {
      title: 'GPUs: memory',
      description:
        'Share of the memory of each GPU that is in use; the 12 fullest. Above 90 % the next model may not fit; "GPU and thermal" shows which unit has how much.',
      unit: 'percentunit',
      size: third,
    },
    [
      {
        expr: orNoGpu(
          promql`topk(12, max by (instance, gpu) (${hostSeries('gpu_memory_used_bytes')} / ${hostSeries('gpu_memory_total_bytes')}))`,
        ),
        legend: GPU_ON_HOST,
      },
    ],
    { thresholds: RUNS_FULL, mappings: NO_GPU, max: 1 },
  );

/** The hottest parts of the chosen hosts. */
export const hotSpots = () =>
  barGaugePanel(
    {
      title: 'Hot spots',
      description:
        'The hottest five each of GPUs, thermal zones of the kernel, and sensors of the boards. The colours are a rule of thumb (75 and 85 degrees); what a part bears stands in "GPU and thermal".',
      unit: 'celsius',
      size: third,
      none: 'No sensor is read on these hosts',
    },
    [
      {
        expr: promql`topk(5, max by (instance, gpu, sensor) (${hostSeries('gpu_temperature_celsius')}))`,
        legend: 'GPU {{gpu}} {{sensor}} ({{instance}})',
      },
      {
        expr: promql`topk(5, max by (instance, zone, type) (${hostSeries('thermal_zone_temperature_celsius')}))`,
        legend: '{{type}}, zone {{zone}} ({{instance}})',
      },
      {
        expr: promql`topk(5, max by (instance, chip, sensor, label) (${hostSeries('hwmon_temperature_celsius')}))`,
        legend: '{{chip}} {{sensor}} {{label}} ({{instance}})',
      },
    ],
    { thresholds: thresholds('green', [75, 'orange'], [85, 'red']), max: 110, decimals: 0 },
  );
