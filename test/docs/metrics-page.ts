import type { Collector } from '../../src/collectors/collector.ts';
import type { MetricSpec } from '../../src/domain/metric.ts';
import { escapeCell } from './markdown-cell.ts';
import { SELF_SECTION } from './self-section.ts';

/** A collector's metrics, or others that belong together. */
export interface MetricGroup {
  readonly title: string;
  readonly metrics: readonly MetricSpec[];
}

const INTRODUCTION = `# Metrics

Everything that fettle exports. Generated from the source by \`npm run docs\`; do not edit.

The exporter serves all but the remediator's metrics, which are on the remediator's own page. A value that
cannot be read is left out: it is never an old one and never 0. "There is none of this here" is no failure.
What systemd tells nobody of is read in rounds: its source says "read again within a minute". So are values of a
cgroup whose CPU time and memory have not changed since the last scrape: limits, and how old its pages are.
`;

/** The text of docs/METRICS.md. */
export function metricsPage(groups: readonly MetricGroup[]): string {
  return `${[INTRODUCTION, ...groups.map(groupSection), SELF_SECTION].join('\n')}`;
}

/** The group of a collector, under its name as in \`fettle_collector_success{collector}\`. */
export function collectorGroup({ name, metrics }: Collector): MetricGroup {
  return { title: `Collector \`${name}\``, metrics };
}

function groupSection({ title, metrics }: MetricGroup): string {
  const head = '| name | type | labels | source | help |\n|---|---|---|---|---|';
  return `## ${title}\n\n${head}\n${metrics.map(metricRow).join('\n')}\n`;
}

function metricRow({ name, type, labels, source, help }: MetricSpec): string {
  const labelList = labels.map((label) => `\`${label}\``).join(', ');
  return `| ${[`\`${name}\``, type, labelList, source, help].map(escapeCell).join(' | ')} |`;
}
