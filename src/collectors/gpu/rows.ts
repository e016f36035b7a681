import type { GpuReading } from '../../domain/gpu.ts';
import { defineMetric, type MetricSpec, type Sample, sample } from '../../domain/metric.ts';
import { gpuLabels } from './labels.ts';

/** A metric of single GPUs, and its values by what they are of; a value that is undefined is left out. */
export interface GpuRow {
  readonly metric: MetricSpec;
  readonly samplesOf: (gpu: GpuReading) => readonly Sample[];
}

/** What is the same of all metrics in a table. */
interface Described {
  readonly name: string;
  readonly help: string;
  readonly source: string;
  readonly type?: 'counter' | 'gauge';
}

/** A metric with one value a GPU. */
export function single(
  { type = 'gauge', ...rest }: Described,
  read: (gpu: GpuReading) => number | boolean | undefined,
): GpuRow {
  const metric = defineMetric({ ...rest, type, labels: ['gpu', 'uuid'] });
  return {
    metric,
    samplesOf: (reading) => {
      const value = read(reading);
      return value === undefined ? [] : [sample(metric, gpuLabels(reading), Number(value))];
    },
  };
}

/** A metric with several values a GPU, told apart by one more label. */
export function several(
  { type = 'gauge', ...rest }: Described,
  label: string,
  read: (gpu: GpuReading) => Readonly<Partial<Record<string, number | boolean>>> | undefined,
): GpuRow {
  const metric = defineMetric<string>({ ...rest, type, labels: ['gpu', 'uuid', label] });
  return {
    metric,
    samplesOf: (reading) =>
      Object.entries(read(reading) ?? {}).flatMap(([of, value]) =>
        value === undefined ? [] : [sample(metric, { ...gpuLabels(reading), [label]: of }, Number(value))],
      ),
  };
}
