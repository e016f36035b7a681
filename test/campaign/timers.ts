import type { Owner, WorldTime } from './time.ts';

/**
 * Does some work during which `setTimeout` goes by the time of the world.
 *
 * Limits are kept with real timers (`withinLimit`): so a manager that never answers is given up after five minutes of
 * virtual time, and the timers of a process that was killed are gone with it.
 */
export async function withVirtualTimers<T>(
  time: () => WorldTime,
  owner: () => Owner,
  work: () => Promise<T>,
): Promise<T> {
  const { setTimeout: realSet, clearTimeout: realClear } = globalThis;
  const set = (act: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) => ({
    cancel: time().after(ms, owner(), () => act(...args)),
  });
  const clear = (timer: { readonly cancel: () => void } | undefined) => timer?.cancel();
  Object.assign(globalThis, { setTimeout: set, clearTimeout: clear });
  try {
    return await work();
  } finally {
    Object.assign(globalThis, { setTimeout: realSet, clearTimeout: realClear });
  }
}
