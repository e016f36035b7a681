/** How long a reader has waited for output, without the time in which it was busy with what it had got. */
export interface Waiting {
  /** It waits for the next part. */
  begin(): void;
  /** It has one. */
  end(): void;
  /** Counts anew from now on. */
  reset(): void;
  ms(): number;
}

/** Counts from now on; the reader waits. */
export function createWaiting(elapsedMs: () => number = () => performance.now()): Waiting {
  let sum = 0;
  let since: number | undefined = elapsedMs();
  const current = () => (since === undefined ? 0 : elapsedMs() - since);
  return {
    begin() {
      since ??= elapsedMs();
    },
    end() {
      sum += current();
      since = undefined;
    },
    reset() {
      sum = 0;
      if (since !== undefined) since = elapsedMs();
    },
    ms: () => sum + current(),
  };
}

/** It is not looked more often whether somebody still waits. */
const LOOK_EVERY_MS = 50;

/** Waits for all of it, but no longer than until `waitedMs` gives so much; then `whenOverdue` is called. */
export async function drained(
  reading: readonly Promise<void>[],
  { waitedMs, limitMs }: { readonly waitedMs: () => number; readonly limitMs: number },
  whenOverdue: () => void,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<void>((resolve) => {
    function look(): void {
      const rest = limitMs - waitedMs();
      if (rest > 0) {
        timer = setTimeout(look, Math.max(rest, LOOK_EVERY_MS));
        return;
      }
      whenOverdue();
      resolve();
    }
    look();
  });
  try {
    await Promise.race([Promise.all(reading), overdue]);
  } finally {
    clearTimeout(timer);
  }
}
