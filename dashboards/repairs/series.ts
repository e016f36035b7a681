import type { Absence } from '../absence.ts';
import { type Expression, hostSeries, promql, type Selector } from '../promql.ts';

/** Series of a metric of single policies, of those that are chosen. */
export function policySeries(metric: string, ...matchers: readonly string[]): Selector {
  return hostSeries(metric, 'policy=~"$policy"', ...matchers);
}

/** What a counter of policies has gone up by in the time shown. */
export function inRange(metric: string, ...matchers: readonly string[]): Expression {
  return promql`increase(${policySeries(metric, ...matchers)}[$__range])`;
}

/** What a counter of policies has gone up by around each point. */
export function atEachPoint(metric: string, ...matchers: readonly string[]): Expression {
  return promql`increase(${policySeries(metric, ...matchers)}[$__rate_interval])`;
}

/** What says that the remediator, which is at work, has nothing to tell of something. */
export function nothing(label: string, words: string, value = 0): Absence {
  return { known: hostSeries('fettle_remediator_up'), label, words, value };
}
