import type { RateLimit } from '../../domain/web-config.ts';

/** Takes a token, if there is one. */
export type TakeToken = () => boolean;

/** A bucket that holds `burst` tokens, is full at first, and gets one more each interval. */
export function createTokenBucket({ intervalSeconds, burst }: RateLimit, elapsedMs: () => number): TakeToken {
  let tokens = burst;
  let filledAt = elapsedMs();
  return () => {
    const now = elapsedMs();
    tokens = Math.min(burst, tokens + (now - filledAt) / 1000 / intervalSeconds);
    filledAt = now;
    if (tokens < 1) return false;
    tokens--;
    return true;
  };
}
