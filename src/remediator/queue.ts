/** Work that is done one piece after the other. */
export interface Queue<T> {
  push(item: T): void;
  /** Pieces that are not done yet, the one at work included. */
  readonly length: number;
  /** Takes no more, and returns when the piece at work has ended. */
  stop(): Promise<void>;
}

/** A queue whose worker must not throw; the signal tells it that fettle is being stopped. */
export function createQueue<T>(work: (item: T, signal: AbortSignal) => Promise<void>): Queue<T> {
  const items: T[] = [];
  const stopping = new AbortController();
  let running: Promise<void> | undefined;

  async function drain(): Promise<void> {
    for (let item = items[0]; item !== undefined && !stopping.signal.aborted; item = items[0]) {
      await work(item, stopping.signal);
      items.shift();
    }
    running = undefined;
  }

  return {
    get length() {
      return items.length;
    },
    push(item) {
      items.push(item);
      running ??= drain();
    },
    async stop() {
      stopping.abort(new Error('fettle is being stopped'));
      await running;
    },
  };
}
