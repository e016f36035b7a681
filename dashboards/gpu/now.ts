import { GREY, NEUTRAL, ORANGE_FROM_ONE, RED_FROM_ONE, RUNS_FULL, thresholds, words } from '../colours.ts';
import { statPanel } from '../panels/stat.ts';
import { type Expression, hostSeries, orElse, orZero, promql, whileAnswered } from '../promql.ts';
import { degreesLeft, gpuSeries, ofEachGpu } from './series.ts';

/** Degrees within which a GPU counts as close to its limit. */
const CLOSE_CELSIUS = 10;

const HEAT_OR_BRAKE = 'reason=~"hw_slowdown|hw_thermal|hw_power_brake|sw_thermal"';

const NOT_TOLD = words({ '-1': ['Not told', GREY] });

const tile = { width: 3, height: 4 } as const;

/** How many GPUs there are. */
export const gpus = () =>
  statPanel(
    {
      title: 'GPUs',
      description:
        'GPUs of all makers that the chosen hosts can read now. 0 is also shown where there never was one; a GPU that has gone counts beside it.',
      unit: 'short',
      size: tile,
    },
    [now(orZero(promql`count(${gpuSeries('gpu_info')})`))],
    { thresholds: NEUTRAL, text: 'value' },
  );

/** How many GPUs have gone. */
export const gone = () =>
  statPanel(
    {
      title: 'Gone',
      description:
        'GPUs that should be there and are not, by the PCI bus, the driver or the kernel log: fallen off the bus (Xid 79), or not found by the driver. What ran on them is lost; mostly only a reboot, or the power switch, brings one back.',
      unit: 'short',
      size: tile,
    },
    [now(orZero(promql`sum(${hostSeries('gpu_lost')})`))],
    { thresholds: RED_FROM_ONE, text: 'value' },
  );

/** How many GPUs ask for a reset or a reboot. */
export const askForHelp = () =>
  statPanel(
    {
      title: 'Ask for a reset',
      description:
        'GPUs that ask for a reset, a reboot or to be drained. They go on with what they can, and new work on them may fail: plan it soon. Which one asks for what is shown under "Health".',
      unit: 'short',
      size: tile,
    },
    [now(orZero(promql`count(${gpuSeries('gpu_recovery_action')} > 0)`))],
    { thresholds: RED_FROM_ONE, text: 'value' },
  );

/** How many GPUs are almost too hot. */
export const closeToLimit = () =>
  statPanel(
    {
      title: 'Close to too hot',
      description: `GPUs that are within ${CLOSE_CELSIUS} degrees of the temperature at which they slow down by themselves, each measured by its own limit. GPUs whose driver tells no limit are not counted: look at their temperature below.`,
      unit: 'short',
      size: tile,
    },
    [now(orZero(promql`count((${degreesLeft()}) < ${CLOSE_CELSIUS})`))],
    { thresholds: ORANGE_FROM_ONE, text: 'value' },
  );

/** How many GPUs are slowed down by what should not happen. */
export const slowedDown = () =>
  statPanel(
    {
      title: 'Slowed down',
      description:
        'GPUs that run slower right now because of heat, or because the power supply has pulled the brake. The cap on power, which is normal at full load, does not count here.',
      unit: 'short',
      size: tile,
    },
    [now(orZero(promql`count(${ofEachGpu(gpuSeries('gpu_throttle_active', HEAT_OR_BRAKE))} == 1)`))],
    { thresholds: ORANGE_FROM_ONE, text: 'value' },
  );

/** How full the memory of all GPUs together is. */
export const memoryNow = () =>
  statPanel(
    {
      title: 'Memory used',
      description:
        'Share of the memory of all chosen GPUs that is in use. Model servers such as vLLM take nearly all of it at their start, on purpose; elsewhere little that is left means that the next model does not fit.',
      unit: 'percentunit',
      size: tile,
    },
    [
      now(
        orMinusOne(
          promql`sum(${gpuSeries('gpu_memory_used_bytes')}) / sum(${gpuSeries('gpu_memory_total_bytes')})`,
        ),
      ),
    ],
    { thresholds: RUNS_FULL, mappings: NOT_TOLD, text: 'value' },
  );

/** What all GPUs together draw. */
export const powerNow = () =>
  statPanel(
    {
      title: 'Power',
      description:
        'What all chosen GPUs draw together, without the rest of their machines. "Not told" where no driver says it, as on a Jetson, whose rails are at the bottom.',
      unit: 'watt',
      size: tile,
    },
    [now(orMinusOne(promql`sum(${gpuSeries('gpu_power_watts')})`))],
    { thresholds: thresholds('blue'), mappings: NOT_TOLD, text: 'value' },
  );

/** How many readers of GPUs fail. */
export const notRead = () =>
  statPanel(
    {
      title: 'Not read',
      description:
        'Ways to read GPUs (nvidia-smi, the files of other drivers, the PCI bus) that failed the last time. While one fails, nothing on this page is known of its GPUs; the bottom of the page says why.',
      unit: 'short',
      size: tile,
    },
    [now(orZero(promql`count(${hostSeries('gpu_collect_success')} == 0)`))],
    { thresholds: RED_FROM_ONE, text: 'value' },
  );

function now(expr: Expression) {
  return { expr, legend: '' };
}

/** For figures that no GPU may tell; -1 stands for that, and is shown as words. */
function orMinusOne(expression: Expression): Expression {
  return orElse(expression, whileAnswered(-1));
}
