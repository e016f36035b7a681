/** A signal that follows another one some time later, and not once it has been cleared. */
export interface LateSignal {
  readonly signal: AbortSignal;
  clear(): void;
}

/** Gives a signal that is aborted so long after another one, for the same reason. */
export function abortLater(signal: AbortSignal, afterMs: number): LateSignal {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onAbort = () => {
    timer = setTimeout(() => controller.abort(signal.reason), afterMs);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  return {
    signal: controller.signal,
    clear() {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
    },
  };
}
