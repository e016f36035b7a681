import { Failure } from './errors.ts';

/** Node's timers count in 31 bits, some 24.8 days: a longer one would fire at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Has the time of a limit stand still from now on; called without effect a second time. Gives what lets it go on. */
export type HoldTime = () => () => void;

/**
 * Does some work within a limit; it is told by its signal when time is up or somebody calls it off.
 *
 * Returns then at once, also if the work does not listen. Throws Failure `timeout`, or the reason of `signal`. Time
 * that the work spends in a line, as it tells by `hold`, does not count.
 * The timer is held by hand: on Node 20 `AbortSignal.any` lets go of an `AbortSignal.timeout` in it, which can
 * then be collected and never fire.
 */
export async function withinLimit<T>(
  what: string,
  limitMs: number,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal, hold: HoldTime) => Promise<T> | T,
): Promise<T> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  const called = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason), { once: true });
  });
  const onAbort = () => controller.abort(signal?.reason);
  const timer = startTimer(limitMs, () =>
    controller.abort(new Failure('timeout', `${what}: not done within ${limitMs / 1000} s`)),
  );
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work(controller.signal, timer.hold), called]);
  } finally {
    timer.end();
    signal?.removeEventListener('abort', onAbort);
  }
}

/** A timer of any length that can be held. */
function startTimer(
  limitMs: number,
  onLimit: () => void,
): { readonly hold: HoldTime; readonly end: () => void } {
  let leftMs = limitMs;
  let beganMs = 0;
  let timer: NodeJS.Timeout | undefined;
  let holds = 0;
  let isOver = false;

  function run(): void {
    beganMs = performance.now();
    timer = setTimeout(onPiece, Math.min(leftMs, LONGEST_TIMER_MS), Math.min(leftMs, LONGEST_TIMER_MS));
  }

  function onPiece(pieceMs: number): void {
    leftMs -= pieceMs;
    if (leftMs > 0) run();
    else onLimit();
  }

  function goOn(): void {
    holds -= 1;
    if (holds === 0 && !isOver) run();
  }

  run();
  return {
    hold() {
      if (holds === 0 && !isOver) {
        clearTimeout(timer);
        leftMs = Math.max(0, leftMs - (performance.now() - beganMs));
      }
      holds += 1;
      let isHeld = true;
      return () => {
        if (isHeld) goOn();
        isHeld = false;
      };
    },
    end() {
      isOver = true;
      clearTimeout(timer);
    },
  };
}
