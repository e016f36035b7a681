/** What has been found out about passwords, by a digest that does not tell them. */
export interface Verdicts {
  get(digest: string): boolean | undefined;
  set(digest: string, passed: boolean): void;
}

/**
 * Remembers so many passes and, apart from them, so many failures; the oldest of its kind goes first.
 *
 * Apart, so that whoever tries passwords cannot push out those who know theirs.
 */
export function createVerdicts(limit: number): Verdicts {
  const passes = new Set<string>();
  const failures = new Set<string>();
  return {
    get(digest) {
      if (passes.has(digest)) return true;
      return failures.has(digest) ? false : undefined;
    },
    set(digest, passed) {
      const kind = passed ? passes : failures;
      kind.add(digest);
      for (const oldest of kind) {
        if (kind.size <= limit) break;
        kind.delete(oldest);
      }
    },
  };
}
