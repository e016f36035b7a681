/** Calls back once when a signal fires, unless it is stopped before; the signal must not have fired yet. Gives what stops it. */
export type WatchAbort = (signal: AbortSignal, onAbort: () => void) => () => void;

/**
 * Watches signals with one listener each, however many ask.
 *
 * For each listener that is added to a signal, Node.js looks through all that it has already: of ten thousand who wait
 * for the same one, that alone takes half a second.
 */
export function createAbortWatch(): WatchAbort {
  const watched = new WeakMap<AbortSignal, Set<() => void>>();

  function watchersOf(signal: AbortSignal): Set<() => void> {
    const known = watched.get(signal);
    if (known !== undefined) return known;
    const watchers = new Set<() => void>();
    watched.set(signal, watchers);
    return watchers;
  }

  return (signal, onAbort) => {
    const watchers = watchersOf(signal);
    if (watchers.size === 0) signal.addEventListener('abort', fire, { once: true });
    watchers.add(onAbort);
    return () => {
      watchers.delete(onAbort);
      if (watchers.size === 0) signal.removeEventListener('abort', fire);
    };
  };

  function fire(this: AbortSignal): void {
    const watchers = watched.get(this);
    watched.delete(this);
    for (const onAbort of watchers ?? []) onAbort();
  }
}
