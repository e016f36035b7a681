import type { Sample } from '../../src/domain/metric.ts';

/** Samples as lines, with labels in the order of their metric. */
export function samplesAsText(samples: readonly Sample[]): readonly string[] {
  return samples.map(({ metric, labels, value }) => {
    const pairs = metric.labels.map((label) => `${label}="${labels[label]}"`);
    return `${metric.name}{${pairs.join(',')}} ${value}`;
  });
}
