import { Failure } from '../domain/errors.ts';

/** Things that are being waited for on one connection. */
export interface Waits {
  /** The work's result; Failure `timeout` after the limit, `unreachable` once abandoned. */
  until<T>(work: Promise<T>, what: string, signal?: AbortSignal): Promise<T>;
  /** Ends every wait, now and from now on: the connection is gone. */
  abandon(reason: string): void;
}

/** Waits with one limit that can all be given up together. */
export function createWaits(limitMs: number): Waits {
  const pending = new Set<(reason: string) => void>();
  let gone: string | undefined;

  function until<T>(work: Promise<T>, what: string, signal?: AbortSignal): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const end = (finish: () => void) => {
        clearTimeout(timer);
        pending.delete(abandon);
        signal?.removeEventListener('abort', onAbort);
        finish();
      };
      const abandon = (reason: string) => end(() => reject(new Failure('unreachable', `${what}: ${reason}`)));
      const onAbort = () => end(() => reject(signal?.reason));
      const onLimit = () =>
        end(() => reject(new Failure('timeout', `${what}: no answer within ${limitMs / 1000} s`)));
      const timer = setTimeout(onLimit, limitMs);
      pending.add(abandon);
      signal?.addEventListener('abort', onAbort, { once: true });
      work.then(
        (value) => end(() => resolve(value)),
        (thrown: unknown) => end(() => reject(thrown)),
      );
      if (gone !== undefined) abandon(gone);
      else if (signal?.aborted) onAbort();
    });
  }

  return {
    until,
    abandon(reason) {
      gone ??= reason;
      for (const giveUp of [...pending]) giveUp(reason);
    },
  };
}
