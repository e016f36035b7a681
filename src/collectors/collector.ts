import type { MetricSpec, Sample } from '../domain/metric.ts';

/**
 * One subject of the page: its metrics, and a way to their values.
 *
 * `collect` throws if the subject could not be read; "there is none of this here" is an empty list.
 */
export interface Collector {
  readonly name: string;
  readonly metrics: readonly MetricSpec[];
  collect(signal: AbortSignal): readonly Block[] | Promise<readonly Block[]>;
}

/**
 * Samples that are made when they are to be written.
 *
 * A block that is given again at a later scrape stands for the same samples as before, so what was written for
 * it then is used again.
 */
export interface Block {
  samples(): readonly Sample[];
  /** What all of them have beside the labels of their metrics, such as whose manager their unit is in. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Samples that were made for this scrape. */
export function blockOf(samples: readonly Sample[]): Block {
  return { samples: () => samples };
}
