import type { Scraped } from '../lab/exporter.ts';
import type { Series } from '../metrics/text-format.ts';
import { seriesKey } from './series.ts';

/** A sentence for each page that lacks a series of an earlier one: how many, and the first of them. */
export function losses(
  before: Scraped,
  pages: readonly Scraped[],
  matters: (series: Series) => boolean = isOfSystemd,
): readonly string[] {
  const expected = before.series.filter(matters).map(keyOf);
  return pages.flatMap(({ series }, index) => {
    const there = new Set(series.map(keyOf));
    const missing = expected.filter((key) => !there.has(key));
    return missing.length === 0
      ? []
      : [`page ${index} lacks ${missing.length} series, such as ${missing[0]}`];
  });
}

const keyOf = ({ name, labels }: Series): string => seriesKey(name, labels);

/** What is said of systemd, its units and their cgroups, and not of fettle itself. */
export function isOfSystemd({ name }: Series): boolean {
  return name.startsWith('systemd_');
}

/** What is read from the cgroups of units: the kernel tells it, whether there is a bus or not. */
export function isOfCgroup({ name }: Series): boolean {
  return CGROUP_SERIES.test(name);
}

const CGROUP_SERIES = /^systemd_unit_(cpu|memory|tasks|pressure|io)_/;
