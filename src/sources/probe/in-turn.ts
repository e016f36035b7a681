import type { Ask } from './asking.ts';

/**
 * Asks several questions one after the other, until one has no good answer.
 *
 * Values of all of them count, and phases add up, so that they are parts of the whole time; the HTTP status is that
 * of the last one that was asked, and of none if that one has not answered.
 */
export function askInTurn(asks: readonly Ask[]): Ask {
  return async (signal, found) => {
    for (const ask of asks) {
      signal.throwIfAborted();
      delete found.httpStatus;
      await ask(signal, found);
    }
  };
}
