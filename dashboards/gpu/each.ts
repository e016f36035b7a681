import { orNone } from '../absence.ts';
import { words } from '../colours.ts';
import { tablePanel } from '../panels/table.ts';
import { type Expression, promql, type Selector } from '../promql.ts';
import { degreesLeft, gpuSeries, noGpu, ofEachGpu, temperature, withName } from './series.ts';

/** Performance states of NVIDIA. The words for the ends; what is between has its number only. */
const PERFORMANCE_WORDS: Readonly<Record<number, string>> = { 0: ' (fastest)', 8: ' (idle)' };
const PERFORMANCE = words(
  Object.fromEntries(
    Array.from({ length: 16 }, (_, state) => [String(state), [`P${state}${PERFORMANCE_WORDS[state] ?? ''}`]]),
  ),
);

/** Every GPU with what matters most of it. */
export const everyGpu = () =>
  tablePanel(
    {
      title: 'Every GPU',
      description:
        'One row a GPU, now. "Left" is how many degrees it is from slowing down by itself, "of memory" and "of cap" are shares of what it may use. Empty cells are what its driver does not tell. Drivers and cards of another age in one fleet are seen here at once.',
      unit: 'none',
      size: { width: 24, height: 8 },
    },
    [
      { expr: identity() },
      { expr: row(ofEachGpu(gpuSeries('gpu_utilization_ratio', 'engine="gpu"'))), heading: 'Busy' },
      {
        expr: row(share(gpuSeries('gpu_memory_used_bytes'), gpuSeries('gpu_memory_total_bytes'))),
        heading: 'of memory',
      },
      { expr: row(ofEachGpu(gpuSeries('gpu_memory_used_bytes'))), heading: 'Memory' },
      { expr: row(temperature()), heading: 'Temperature' },
      { expr: row(degreesLeft()), heading: 'Left' },
      { expr: row(ofEachGpu(gpuSeries('gpu_power_watts'))), heading: 'Power' },
      {
        expr: row(
          share(gpuSeries('gpu_power_watts'), gpuSeries('gpu_power_limit_watts', 'limit="enforced"')),
        ),
        heading: 'of cap',
      },
      { expr: row(ofEachGpu(gpuSeries('gpu_performance_state'))), heading: 'State' },
    ],
    {
      labels: { instance: 'Instance', gpu: 'GPU', name: 'Name', driver_version: 'Driver' },
      columns: {
        GPU: { width: 90 },
        Name: { width: 250 },
        Driver: { width: 110 },
        Busy: { unit: 'percentunit', decimals: 0, width: 80 },
        'of memory': { unit: 'percentunit', decimals: 0, width: 105 },
        Memory: { unit: 'bytes', decimals: 1, width: 110 },
        Temperature: { unit: 'celsius', decimals: 0, width: 120 },
        Left: { unit: 'celsius', decimals: 0, width: 80 },
        Power: { unit: 'watt', decimals: 0, width: 90 },
        'of cap': { unit: 'percentunit', decimals: 0, width: 80 },
        State: { meanings: PERFORMANCE, width: 130 },
      },
    },
  );

function identity(): Expression {
  return orNone(
    promql`max by (instance, gpu, name, driver_version) (${gpuSeries('gpu_info')})`,
    noGpu('no GPU'),
  );
}

/** One series a GPU, with the labels of its row. */
function row(ofGpus: Expression): Expression {
  return promql`max by (instance, gpu, name) (${withName(ofGpus)})`;
}

function share(used: Selector, whole: Selector): Expression {
  return promql`${ofEachGpu(used)} / ${ofEachGpu(whole)}`;
}
