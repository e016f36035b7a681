/** Does work in its turn, or gives undefined if too much is waiting already. */
export type BoundedQueue = <T>(work: () => Promise<T>) => Promise<T> | undefined;

/** Lets `running` pieces of work run at once and `waiting` more wait. */
export function createBoundedQueue(limits: {
  readonly running: number;
  readonly waiting: number;
}): BoundedQueue {
  let running = 0;
  const waiting: (() => void)[] = [];

  async function turn<T>(work: () => Promise<T>): Promise<T> {
    if (running < limits.running) running++;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      // The place goes straight to the next in line, so that nobody can slip in between.
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  }

  return (work) => (running >= limits.running && waiting.length >= limits.waiting ? undefined : turn(work));
}
