import { atPointer } from './json-pointer.ts';

/** A number that is made of a list in a JSON document. */
export interface JsonTotal {
  /** JSON pointer to the list. */
  readonly list: string;
  /** JSON pointer, in each item, to the number to add up; undefined: the items are counted. */
  readonly item: string | undefined;
}

/** Totals by their names. Left out where there is no list, or an item has no number: a sum of the others is too low. */
export function totalsIn(
  document: unknown,
  totals: Readonly<Record<string, JsonTotal>>,
): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const [name, { list, item }] of Object.entries(totals)) {
    const items = atPointer(document, list);
    if (!Array.isArray(items)) continue;
    const total = item === undefined ? items.length : sumOf(items, item);
    if (total !== undefined) found.set(name, total);
  }
  return found;
}

function sumOf(items: readonly unknown[], pointer: string): number | undefined {
  let sum = 0;
  for (const item of items) {
    const value = atPointer(item, pointer);
    if (typeof value !== 'number') return undefined;
    sum += value;
  }
  // 1e999 is Infinity in JSON, and large numbers may add up to that.
  return Number.isFinite(sum) ? sum : undefined;
}
