import type { Absence } from '../absence.ts';
import { type Expression, hostSeries, promql, type Selector } from '../promql.ts';

/** How a GPU is called in legends. Makers number theirs each for themselves, so the number alone is not enough. */
export const GPU_ON_HOST = '{{gpu}} {{name}} ({{instance}})';

/** The legend of something that each GPU has several of, told apart by a label. */
export function partOfGpu(label: string): string {
  return `{{gpu}} {{name}} {{${label}}} ({{instance}})`;
}

/** Series of a metric of single GPUs, of those that are chosen. */
export function gpuSeries(metric: string, ...matchers: readonly string[]): Selector {
  return hostSeries(metric, 'gpu=~"$gpu"', ...matchers);
}

/** One value for each GPU: that of its only series, or the highest. */
export function ofEachGpu(series: Selector | Expression): Expression {
  return promql`max by (job, instance, gpu, uuid) (${series})`;
}

/** Series of GPUs with the names of the GPUs. They must still have all labels that tell one from the others. */
export function withName(series: Selector | Expression): Expression {
  const names = promql`max by (job, instance, gpu, uuid, name) (${gpuSeries('gpu_info')})`;
  return promql`(${series})\n  * on (job, instance, gpu, uuid) group_left (name) (${names})`;
}

/** The temperature of each GPU itself, as opposed to that of its memory. */
export function temperature(): Expression {
  return ofEachGpu(gpuSeries('gpu_temperature_celsius', 'sensor="gpu"'));
}

/**
 * Degrees left until each GPU slows down by itself.
 *
 * Most drivers tell the temperature at which it does, newer ones of servers how far it is from there.
 */
export function degreesLeft(): Expression {
  return promql`${slowdownThreshold()} - ${temperature()}\n  or ${margin()}`;
}

/** The temperature at which each GPU slows down by itself. */
export function slowdownCelsius(): Expression {
  return promql`${slowdownThreshold()}\n  or ${temperature()} + ${margin()}`;
}

function slowdownThreshold(): Expression {
  return ofEachGpu(gpuSeries('gpu_temperature_threshold_celsius', 'threshold="slowdown"'));
}

function margin(): Expression {
  return ofEachGpu(gpuSeries('gpu_temperature_margin_celsius'));
}

/** What says that no chosen GPU tells something, in a legend that begins with the GPU. */
export function noGpu(words: string, value = 0): Absence {
  return { known: collectorWorks('gpu'), label: 'gpu', words, value };
}

/** 1 while a collector works, whether it finds anything or not. */
export function collectorWorks(collector: string): Selector {
  return hostSeries('fettle_collector_success', `collector="${collector}"`);
}
