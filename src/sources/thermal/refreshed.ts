/**
 * Gives a value that is read anew when it is older than a minute: what hardly changes costs no reads in between.
 *
 * Those who ask while it is being read share that. A read that throws is not kept.
 */
export function createRefreshed<T, A extends readonly unknown[]>(
  read: (...given: A) => Promise<T>,
  elapsedMs: () => number,
  maxAgeMs: number = MINUTE_MS,
): (...given: A) => Promise<T> {
  let last: { readonly value: Promise<T>; readonly readMs: number } | undefined;
  return (...given) => {
    const now = elapsedMs();
    if (last !== undefined && now - last.readMs < maxAgeMs) return last.value;
    const begun = { value: read(...given), readMs: now };
    last = begun;
    begun.value.catch(() => {
      if (last === begun) last = undefined;
    });
    return begun.value;
  };
}

const MINUTE_MS = 60_000;
