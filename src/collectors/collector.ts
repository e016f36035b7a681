import type { MetricSpec, Sample } from '../domain/metric.ts';

/**
 * One subject of the page: its metrics, and a way to their values.
 *
 * `collect` throws if the subject could not be read; "there is none of this here" is an empty list.
 */
export interface Collector {
  readonly name: string;
  readonly metrics: readonly MetricSpec[];
  collect(signal: AbortSignal): readonly Sample[] | Promise<readonly Sample[]>;
}
