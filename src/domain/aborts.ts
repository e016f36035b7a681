/** Those who want to know of one signal. */
interface Audience {
  readonly members: Set<() => void>;
  /** The one listener that the signal has for them all. */
  readonly tellAll: () => void;
}

/**
 * Listens to abort signals for many at once: Node looks through all listeners of a signal before it adds one, so
 * ten thousand who wait with the same signal would take seconds.
 */
export class Aborts {
  readonly #audiences = new Map<AbortSignal, Audience>();

  /** Calls `onAbort` when the signal is given, unless the function that it gives has been called before. */
  listen(signal: AbortSignal, onAbort: () => void): () => void {
    const { members } = this.#audiences.get(signal) ?? this.#gather(signal);
    members.add(onAbort);
    return () => this.#leave(signal, onAbort);
  }

  #gather(signal: AbortSignal): Audience {
    const members = new Set<() => void>();
    const tellAll = () => {
      for (const onAbort of [...members]) onAbort();
    };
    const audience = { members, tellAll };
    this.#audiences.set(signal, audience);
    signal.addEventListener('abort', audience.tellAll, { once: true });
    return audience;
  }

  #leave(signal: AbortSignal, onAbort: () => void): void {
    const audience = this.#audiences.get(signal);
    if (audience === undefined) return;
    audience.members.delete(onAbort);
    if (audience.members.size > 0) return;
    this.#audiences.delete(signal);
    signal.removeEventListener('abort', audience.tellAll);
  }
}
