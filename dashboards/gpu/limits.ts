import { orNone } from '../absence.ts';
import { type Colour, GREY, words } from '../colours.ts';
import { stateTimelinePanel } from '../panels/state-timeline.ts';
import { timeseriesPanel } from '../panels/timeseries.ts';
import { type Expression, either, promql } from '../promql.ts';
import {
  degreesLeft,
  GPU_ON_HOST,
  gpuSeries,
  noGpu,
  ofEachGpu,
  partOfGpu,
  slowdownCelsius,
  withName,
} from './series.ts';

const half = { width: 12, height: 9 } as const;

/** The temperature of each GPU, and where it slows down. */
export const temperatures = () =>
  timeseriesPanel(
    {
      title: 'Temperature',
      description:
        'Temperature of each GPU, of its memory (memory) and of its hottest place (junction) where the driver tells them. Dashed: where a GPU of that model slows down by itself. Many cards are meant to run at 80 degrees and more; compare with the dashed line, not with a number.',
      unit: 'celsius',
      size: half,
    },
    [
      {
        expr: orNone(withName(gpuSeries('gpu_temperature_celsius')), noGpu('no GPU that tells it')),
        legend: partOfGpu('sensor'),
      },
    ],
    {
      limits: [
        {
          expr: promql`min by (name) (${withName(slowdownCelsius())})`,
          legend: '{{name}} slows down',
        },
      ],
    },
  );

/** How far each GPU is from its limit. */
export const left = () =>
  timeseriesPanel(
    {
      title: 'Degrees left until it slows down',
      description:
        'How far each GPU is from the temperature at which it slows down by itself, by its own limit: the one figure in which GPUs of all kinds can be compared. Below 0 it is slowed down. One GPU lower than its neighbours with the same load: look at its fan, its place in the case, and dust.',
      unit: 'celsius',
      size: half,
    },
    [{ expr: orNone(withName(degreesLeft()), noGpu('no GPU that tells its limit')), legend: GPU_ON_HOST }],
    { min: 'auto' },
  );

/** What each GPU draws, and what it may. */
export const power = () =>
  timeseriesPanel(
    {
      title: 'Power of each GPU',
      description:
        'What each GPU draws; dashed is the cap in force of that model (the lowest, if they differ). A GPU at its cap is at work and slowed down a little, as it is meant to be. A cap below what others of the model have was set by somebody.',
      unit: 'watt',
      size: half,
    },
    [
      {
        expr: orNone(withName(ofEachGpu(gpuSeries('gpu_power_watts'))), noGpu('no GPU that tells it')),
        legend: GPU_ON_HOST,
      },
    ],
    {
      limits: [
        {
          expr: promql`min by (name) (${withName(gpuSeries('gpu_power_limit_watts', 'limit="enforced"'))})`,
          legend: 'cap of {{name}}',
        },
      ],
    },
  );

/** How fast each GPU is clocked. */
export const clocks = () =>
  timeseriesPanel(
    {
      title: 'Clocks',
      description:
        'Clock of the core (graphics) and of the memory as a share of the highest that the GPU can do. They sink while there is nothing to do. A GPU that is busy and stays low is slowed down: the timeline says why.',
      unit: 'percentunit',
      size: half,
    },
    [
      {
        expr: orNone(
          withName(
            promql`${gpuSeries('gpu_clock_hertz', 'clock=~"graphics|memory"')} / ${gpuSeries('gpu_clock_max_hertz')}`,
          ),
          noGpu('no GPU that tells it'),
        ),
        legend: partOfGpu('clock'),
      },
    ],
  );

/** Reasons for a lower clock, the gravest last, and how they are shown. */
const REASONS = {
  idle: ['nothing to do', GREY],
  app_clocks: ['clocks set by somebody', 'light-blue'],
  display: ['display', 'light-blue'],
  sync_boost: ['waits for others', 'blue'],
  sw_power_cap: ['cap on power', 'light-yellow'],
  hw_slowdown: ['hardware', 'orange'],
  sw_thermal: ['heat', 'orange'],
  hw_power_brake: ['power brake', 'red'],
  hw_thermal: ['heat (hardware)', 'red'],
} as const satisfies Readonly<Record<string, readonly [string, Colour]>>;

const MEANINGS = words({
  '-1': ['not told', GREY],
  '0': ['full speed', 'green'],
  ...Object.fromEntries(Object.values(REASONS).map((meaning, index) => [String(index + 1), meaning])),
});

/** What holds each GPU back over time. */
export const throttling = () =>
  stateTimelinePanel(
    {
      title: 'What holds each GPU back',
      description:
        'The gravest reason at each moment why a GPU runs slower than it could. The cap on power is normal at full load. Heat means too little air. The power brake comes from the power supply or the server, and is a fault of theirs. Clocks set by somebody: nvidia-smi -lgc, or the like.',
      unit: 'none',
      size: { width: 24, height: 7 },
    },
    [{ expr: orNone(withName(gravestReason()), noGpu('no GPU that tells it', -1)), legend: GPU_ON_HOST }],
    MEANINGS,
  );

/** One series a GPU: the number of the gravest reason that holds. */
function gravestReason(): Expression {
  const [first, ...others] = Object.keys(REASONS).map(
    (reason, index) => promql`${gpuSeries('gpu_throttle_active', `reason="${reason}"`)} * ${index + 1}`,
  );
  if (first === undefined) throw new Error('there are no reasons to show');
  return ofEachGpu(promql`\n  ${either(first, ...others)}\n`);
}

/** How much of its time each GPU was slowed down. */
export const throttledTime = () =>
  timeseriesPanel(
    {
      title: 'Share of time slowed down',
      description:
        'How much of the time each reason slowed a GPU down, as the driver counts it; with a driver that does not, by how often it was seen. Short brakes that no scrape sees are in here. The cap on power is left out: the panel of power shows it.',
      unit: 'percentunit',
      size: half,
    },
    [
      {
        expr: orNone(
          promql`${withName(promql`rate(${gpuSeries('gpu_throttle_seconds_total', NOT_NORMAL)}[$__rate_interval])
  or avg_over_time(${gpuSeries('gpu_throttle_active', NOT_NORMAL)}[$__rate_interval])`)} > 0`,
          noGpu('not slowed down'),
        ),
        legend: partOfGpu('reason'),
      },
    ],
    { max: 1 },
  );

const NOT_NORMAL = 'reason!~"idle|app_clocks|display|sw_power_cap"';

/** What the fans of the GPUs do. */
export const fans = () =>
  timeseriesPanel(
    {
      title: 'Fans of the GPUs',
      description:
        'Speed that the driver asks of the fan of each GPU; cards of servers have none. At 100 % there is nothing left to cool with. The fans of the board are below, under "Heat of the machine".',
      unit: 'percentunit',
      size: half,
    },
    [
      {
        expr: orNone(
          withName(ofEachGpu(gpuSeries('gpu_fan_speed_ratio'))),
          noGpu('no GPU with a fan of its own'),
        ),
        legend: GPU_ON_HOST,
      },
    ],
    { max: 1 },
  );
