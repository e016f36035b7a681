import type { Series } from '../metrics/text-format.ts';

/** Labels of a series and their values. */
export type Labels = Readonly<Record<string, string>>;

/** Tells one series from another: its name and its labels, these in the order of their names. */
export function seriesKey(name: string, labels: Labels): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}=${JSON.stringify(text)}`);
  return `${name}{${pairs.sort().join()}}`;
}

/** The values that a series may have. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

/** A value, and what lies no farther from it than this. */
export function within(value: number, slack = 0): Range {
  return { least: value - slack, most: value + slack };
}

/** Series that a page must have, by their keys, and what they may say. */
export type Expectations = ReadonlyMap<string, Range>;

/** What is wrong with a page: a series is missing, says something else, or was promised by nobody. */
export function complaints(series: readonly Series[], expected: Expectations): readonly string[] {
  const others = [...valuesByKey(series).keys()].filter((key) => !expected.has(key));
  return [...brokenPromises(series, expected), ...others.map((key) => `${key} is not expected`)];
}

/** Which of these series a page lacks, or tells wrongly; what else it says does not matter. */
export function brokenPromises(series: readonly Series[], expected: Expectations): readonly string[] {
  const values = valuesByKey(series);
  return [...expected].flatMap(([key, { least, most }]) => {
    const value = values.get(key);
    if (value === undefined) return [`${key} is missing`];
    return value >= least && value <= most ? [] : [`${key} is ${value}, not ${least} to ${most}`];
  });
}

/** Values by the keys of their series. Throws an Error that names a series that is told twice. */
function valuesByKey(series: readonly Series[]): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const { name, labels, value } of series) {
    const key = seriesKey(name, labels);
    if (values.has(key)) throw new Error(`${key} is told twice`);
    values.set(key, value);
  }
  return values;
}

/**
 * What may be said between two looks at the same.
 *
 * Throws an Error that names a series that only one of them has: what was looked at was not at rest.
 */
export function between(before: Expectations, after: Expectations): Expectations {
  const one = [...before.keys(), ...after.keys()].find((key) => !before.has(key) || !after.has(key));
  if (one !== undefined) throw new Error(`${one} came or went meanwhile`);
  return new Map(
    [...before].map(([key, range]) => {
      const { least, most } = after.get(key) ?? range;
      return [key, { least: Math.min(range.least, least), most: Math.max(range.most, most) }];
    }),
  );
}
