import { defineMetric, type MetricSpec, type Sample, sample } from '../domain/metric.ts';
import type { IpReading } from '../domain/reading.ts';
import { blockOf, type Collector } from './collector.ts';

type Direction = 'ingress' | 'egress';

function counter(direction: Direction, what: 'bytes' | 'packets', suffix = '_total'): MetricSpec<'name'> {
  const property = `IP${capitalised(direction)}${capitalised(what)}`;
  return defineMetric({
    name: `systemd_service_ip_${direction}_${what}${suffix}`,
    help: `${capitalised(what)} that the service has ${direction === 'ingress' ? 'received' : 'sent'} over IP; only with IPAccounting=yes.`,
    type: 'counter',
    labels: ['name'],
    source: `org.freedesktop.systemd1.Service ${property}`,
  });
}

function capitalised(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}

/** Which metric each value becomes; `bytes` without `_total` as systemd_exporter names it, or with it. */
function rows(bytesSuffix: string): readonly (readonly [keyof IpReading['values'], MetricSpec<'name'>])[] {
  return [
    ['ingressBytes', counter('ingress', 'bytes', bytesSuffix)],
    ['egressBytes', counter('egress', 'bytes', bytesSuffix)],
    ['ingressPackets', counter('ingress', 'packets')],
    ['egressPackets', counter('egress', 'packets')],
  ];
}

/** IP traffic of services that have accounting on. */
export function createIpCollector(
  read: (signal: AbortSignal) => Promise<readonly IpReading[]>,
  oldTypes: boolean,
): Collector {
  const table = rows(oldTypes ? '' : '_total');
  const samplesOf = ({ unit, values }: IpReading): readonly Sample[] =>
    table.flatMap(([value, metric]) => {
      const count = values[value];
      return count === undefined ? [] : [sample(metric, { name: unit }, count)];
    });
  return {
    name: 'ip',
    metrics: table.map(([, metric]) => metric),
    collect: async (signal) => [blockOf((await read(signal)).flatMap(samplesOf))],
  };
}
