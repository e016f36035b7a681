/** How often something was counted, and when last, in Unix seconds. */
export interface Counted<K> {
  readonly key: K;
  readonly count: number;
  readonly lastSeconds: number;
}

/** Counts by key, of which there may be so many; what comes beyond is counted together. */
export interface BoundedCounts<K> {
  add(key: K, seconds: number): void;
  list(): readonly Counted<K>[];
}

/** Gives counts by key; a key is told from others by its fields. */
export function createBoundedCounts<K extends Readonly<Record<string, string>>>(
  limit: number,
  beyond: K,
): BoundedCounts<K> {
  const counts = new Map<string, Counted<K>>();
  return {
    add(key, seconds) {
      const name = nameOf(key);
      const kept = counts.has(name) || counts.size < limit ? key : beyond;
      const before = counts.get(nameOf(kept));
      const lastSeconds = Math.max(seconds, before?.lastSeconds ?? seconds);
      counts.set(nameOf(kept), { key: kept, count: (before?.count ?? 0) + 1, lastSeconds });
    },
    list: () => [...counts.values()],
  };
}

function nameOf(key: Readonly<Record<string, string>>): string {
  return Object.values(key).join(' ');
}
