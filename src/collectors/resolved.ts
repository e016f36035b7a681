import { defineMetric, type MetricSpec, type Sample, sample } from '../domain/metric.ts';
import type { ResolvedReading } from '../domain/resolved.ts';
import { blockOf, type Collector } from './collector.ts';

/** Which metric a value becomes. */
interface Row {
  readonly value: keyof ResolvedReading;
  readonly metric: MetricSpec<never>;
}

const ROWS: readonly Row[] = [
  row(
    'currentTransactions',
    'gauge',
    'current_transactions',
    'Look-ups on the network that are under way.',
    'TransactionStatistics',
  ),
  row(
    'transactions',
    'counter',
    'transactions_total',
    'Look-ups on the network so far; one name may take several.',
    'TransactionStatistics',
  ),
  row(
    'cacheSize',
    'gauge',
    'current_cache_size',
    'Entries in the cache, those that say that there is no such name too.',
    'CacheStatistics',
  ),
  row('cacheHits', 'counter', 'cache_hits_total', 'Look-ups that the cache answered.', 'CacheStatistics'),
  row(
    'cacheMisses',
    'counter',
    'cache_misses_total',
    'Look-ups that the cache could not answer.',
    'CacheStatistics',
  ),
  verdict('dnssecSecure', 'secure', 'proven to be right'),
  verdict('dnssecInsecure', 'insecure', 'proven to be rightly unsigned'),
  verdict('dnssecBogus', 'bogus', 'failed the proof'),
  verdict('dnssecIndeterminate', 'indeterminate', 'could not be proven either way'),
];

function row(
  value: keyof ResolvedReading,
  type: 'counter' | 'gauge',
  name: string,
  help: string,
  property: string,
): Row {
  const source = `org.freedesktop.resolve1.Manager ${property}`;
  return {
    value,
    metric: defineMetric({ name: `systemd_resolved_${name}`, help, type, labels: [], source }),
  };
}

function verdict(value: keyof ResolvedReading, name: string, meaning: string): Row {
  const help = `DNSSEC validations with the verdict ${name}: ${meaning}.`;
  return row(value, 'counter', `dnssec_${name}_total`, help, 'DNSSECStatistics');
}

/** What systemd-resolved has counted; nothing while it is not running. */
export function createResolvedCollector(
  read: (signal: AbortSignal) => Promise<ResolvedReading | undefined>,
): Collector {
  return {
    name: 'resolved',
    metrics: ROWS.map(({ metric }) => metric),
    async collect(signal) {
      const reading = await read(signal);
      return reading === undefined ? [] : [blockOf(resolvedSamples(reading))];
    },
  };
}

/** Samples of what resolved has told. */
export function resolvedSamples(reading: ResolvedReading): readonly Sample[] {
  return ROWS.flatMap(({ value, metric }) => {
    const number = reading[value];
    return number === undefined ? [] : [sample(metric, {}, number)];
  });
}
