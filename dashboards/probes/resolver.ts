import { type Absence, orNone } from '../absence.ts';
import { timeseriesPanel } from '../panels/timeseries.ts';
import { type Expression, either, hostSeries, promql } from '../promql.ts';

const half = { width: 12, height: 8 } as const;

const noResolver: Absence = {
  known: hostSeries('fettle_collector_success', 'collector="systemd"'),
  label: 'what',
  words: 'not asked for: exporter.systemd.resolved',
};

/** What systemd-resolved looks up. */
export const lookups = () =>
  timeseriesPanel(
    {
      title: 'Look-ups of systemd-resolved',
      description:
        'Look-ups on the network, and those that the cache answered or could not answer, a second. Many misses and few hits: names that live for seconds only, or a program that asks for ever new ones.',
      unit: 'ops',
      size: half,
    },
    [
      {
        expr: orNone(
          either(
            rateOf('on the network', 'systemd_resolved_transactions_total'),
            rateOf('from the cache', 'systemd_resolved_cache_hits_total'),
            rateOf('not in the cache', 'systemd_resolved_cache_misses_total'),
          ),
          noResolver,
        ),
        legend: '{{what}} ({{instance}})',
      },
    ],
  );

/** What systemd-resolved found of DNSSEC. */
export const dnssec = () =>
  timeseriesPanel(
    {
      title: 'DNSSEC verdicts',
      description:
        'What systemd-resolved found of signed names, a second: secure (proven), insecure (rightly unsigned), bogus (the proof failed: a fault of the domain, or somebody who forges answers), indeterminate. All 0 while DNSSEC is off.',
      unit: 'ops',
      size: half,
    },
    [
      {
        expr: orNone(
          either(
            rateOf('secure', 'systemd_resolved_dnssec_secure_total'),
            rateOf('insecure', 'systemd_resolved_dnssec_insecure_total'),
            rateOf('bogus', 'systemd_resolved_dnssec_bogus_total'),
            rateOf('indeterminate', 'systemd_resolved_dnssec_indeterminate_total'),
          ),
          noResolver,
        ),
        legend: '{{what}} ({{instance}})',
      },
    ],
  );

/** What systemd-resolved has at hand. */
export const resolverState = () =>
  timeseriesPanel(
    {
      title: 'Cache and look-ups under way',
      description:
        'Entries in the cache of systemd-resolved, and look-ups that wait for an answer. Look-ups that pile up: the name servers do not answer.',
      unit: 'short',
      size: half,
    },
    [
      {
        expr: orNone(
          either(
            called('in the cache', promql`${hostSeries('systemd_resolved_current_cache_size')}`),
            called('under way', promql`${hostSeries('systemd_resolved_current_transactions')}`),
          ),
          noResolver,
        ),
        legend: '{{what}} ({{instance}})',
      },
    ],
  );

function rateOf(what: string, metric: string): Expression {
  return called(what, promql`rate(${hostSeries(metric)}[$__rate_interval])`);
}

function called(what: string, series: Expression): Expression {
  const phrase: Expression = { kind: 'expression', text: what };
  return promql`label_replace(sum by (instance) (${series}), "what", "${phrase}", "", "")`;
}
