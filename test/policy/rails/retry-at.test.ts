import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dateOf, lookAgain, pendingUntil, together } from '../../../src/policy/rails/retry-at.ts';
import { aRailContext } from '../../fakes/rail-context.ts';
import { afterNoon } from '../../fakes/repairs.ts';

describe('times to ask again', () => {
  it('are a minute from now for what has no known end', () => {
    expect(lookAgain(aRailContext())).toEqual(afterNoon(60));
  });

  it('are never told too early, and at most a millisecond too late', () => {
    const seconds = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(seconds, seconds, (steady, at) => {
        const context = aRailContext({ steady });
        const late = dateOf(context, at).getTime() - context.now.getTime() - (at - steady) * 1000;
        // A double near 10^12 ms tells no less than a quarter of a microsecond.
        expect(late).toBeGreaterThanOrEqual(-0.0015);
        expect(late).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('are exact for whole milliseconds, so that nobody waits for nothing', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.integer({ min: -1e9, max: 1e9 }), (steady, at) => {
        const context = aRailContext({ steady: steady / 1000 });
        expect(dateOf(context, at / 1000).getTime()).toBe(context.now.getTime() + at - steady);
        expect(pendingUntil(context, at / 1000) === undefined).toBe(at <= steady);
      }),
    );
  });
});

describe('objections together', () => {
  it('are none if there are none', () => {
    expect(together([undefined, undefined])).toBeUndefined();
  });

  it('tell all reasons and end with the last', () => {
    const all = [{ reason: 'a', retryAt: afterNoon(9) }, undefined, { reason: 'b', retryAt: afterNoon(5) }];
    expect(together(all)).toEqual({ reason: 'a; b', retryAt: afterNoon(9) });
  });

  it('have no end if one of them has none', () => {
    expect(together([{ reason: 'a', retryAt: afterNoon(9) }, { reason: 'b' }])).toEqual({ reason: 'a; b' });
  });
});
