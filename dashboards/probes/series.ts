import type { Absence } from '../absence.ts';
import { type Expression, hostSeries, promql, type Selector } from '../promql.ts';

/** How a probe is called in legends. */
export const PROBE_ON_HOST = '{{probe}} ({{instance}})';

/** What kernel messages and those of processes outside of units are called. */
export const NO_UNIT = 'kernel and others';

/** Series of a metric of single probes, of those that are chosen. */
export function probeSeries(metric: string, ...matchers: readonly string[]): Selector {
  return hostSeries(metric, 'probe=~"$probe"', ...matchers);
}

/** One value for each probe, with its type and the unit that it is about. */
export function ofEachProbe(series: Selector | Expression): Expression {
  return promql`max by (instance, probe, type, unit) (${series})`;
}

/** Share of the questions of each probe that were answered as they should be, in a stretch of time. */
export function availability(window: '$__range' | '$__rate_interval'): Expression {
  const counted = (metric: string): Expression =>
    promql`sum by (instance, probe, type, unit) (increase(${probeSeries(metric)}[${word(window)}]))`;
  return promql`1 - ${counted('fettle_probe_failures_total')} / (${counted('fettle_probe_runs_total')} > 0)`;
}

function word(text: string): Expression {
  return { kind: 'expression', text };
}

/** What says that no probe tells something, in a legend or table that begins with the probe. */
export function noProbe(words: string, value = 0): Absence {
  return {
    known: hostSeries('fettle_collector_success', 'collector="probe"'),
    label: 'probe',
    words,
    value,
  };
}

/** What says that the journal tells nothing of something. */
export function noMessage(label: string, words: string): Absence {
  return { known: hostSeries('journal_reader_up'), label, words };
}
