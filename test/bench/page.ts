/** Counts series over several pages. */
export interface SeriesTally {
  add(page: string): void;
  /** How many series were in some of the pages and not in all; those of the exporter's own process aside. */
  lost(): number;
}

/** Metrics of an exporter's own process: their labels come and go with its garbage collections and handles. */
const OWN = /^(?:nodejs|process|go|promhttp)_/;

/** The series of a page: names with labels, as written. What follows the last space is the value. */
export function seriesOf(page: string): readonly string[] {
  return page
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.slice(0, line.lastIndexOf(' ')));
}

/** A tally without pages. */
export function createSeriesTally(): SeriesTally {
  const seen = new Map<string, number>();
  let pages = 0;
  return {
    add(page) {
      pages += 1;
      for (const series of seriesOf(page)) seen.set(series, (seen.get(series) ?? 0) + 1);
    },
    lost: () => [...seen].filter(([series, count]) => count < pages && !OWN.test(series)).length,
  };
}

/** How many of the benchmark's services this page, of either exporter, shows as active. */
export function activeServices(text: string): number {
  const states = text.match(/^(?:node_)?systemd_unit_state\{[^}]*name="bench@[^}]*\} 1$/gm) ?? [];
  return states.filter((line) => line.includes('state="active"')).length;
}
