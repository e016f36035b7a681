import { Failure } from './errors.ts';

/**
 * Does some work within a limit; it is told by its signal when time is up or somebody calls it off.
 *
 * Returns then at once, also if the work does not listen. Throws Failure `timeout`, or the reason of `signal`.
 * The timer is held by hand: on Node 20 `AbortSignal.any` lets go of an `AbortSignal.timeout` in it, which can
 * then be collected and never fire.
 */
export async function withinLimit<T>(
  what: string,
  limitMs: number,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T> | T,
): Promise<T> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const called = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason), { once: true });
  });
  const onAbort = () => controller.abort(signal?.reason);
  const onLimit = () =>
    controller.abort(new Failure('timeout', `${what}: not done within ${limitMs / 1000} s`));
  const timer = setTimeout(onLimit, limitMs);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work(controller.signal), called]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}
