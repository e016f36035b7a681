import type { Scraped } from '../lab/exporter.ts';

/** What a page has counted of one unit; failures by result, those that never happened left out. */
export interface EventCounts {
  readonly activations: number;
  readonly failures: Readonly<Record<string, number>>;
}

/** What a page has counted of each unit that has such counts, by name. */
export function eventCounts(page: Scraped): ReadonlyMap<string, EventCounts> {
  const counts = new Map<string, EventCounts>();
  for (const { name, labels, value } of page.series) {
    if (name !== 'systemd_unit_activations_total') continue;
    const unit = labels['name'] ?? '';
    counts.set(unit, { activations: value, failures: failuresOf(page, unit) });
  }
  return counts;
}

/** What a page has counted of one unit. Throws an Error if it has counted nothing, not even 0. */
export function countsOf(page: Scraped, unit: string): EventCounts {
  const [activations] = page.values('systemd_unit_activations_total', { name: unit });
  if (activations === undefined) throw new Error(`the page has counted no activations of ${unit}`);
  return { activations, failures: failuresOf(page, unit) };
}

function failuresOf(page: Scraped, unit: string): Readonly<Record<string, number>> {
  const own = page.series.filter(
    ({ name, labels, value }) =>
      name === 'systemd_unit_failures_total' && labels['name'] === unit && value !== 0,
  );
  return Object.fromEntries(own.map(({ labels, value }) => [labels['result'] ?? '', value]));
}
