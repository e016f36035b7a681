import type { Ask } from './asking.ts';

/**
 * Asks several questions one after the other, until one has no good answer.
 *
 * Values of all of them count; the HTTP status and the phases are those of the last one that was asked.
 */
export function askInTurn(asks: readonly Ask[]): Ask {
  return async (signal, found) => {
    for (const ask of asks) {
      signal.throwIfAborted();
      await ask(signal, found);
    }
  };
}
