/**
 * PromQL: where a counter has counted within a window, its first event included.
 *
 * increase() alone misses the event with which a series begins: a counter that is born at 1 has not increased. So its
 * last value is also compared with the one of a window ago, or with 0 if there was none then. A missed scrape changes
 * nothing, and a counter that was not scraped for a while (six hours at most) is compared with what it was before.
 */
export function happened(selector: string, window: string): string {
  const now = `last_over_time(${selector}[2m])`;
  return [
    `increase(${selector}[${window}]) > 0`,
    'or',
    now,
    '  > (',
    `    last_over_time(${selector}[6h] offset ${window})`,
    `    or 0 * ${now}`,
    '  )',
  ].join('\n');
}
