import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Circumstances, Pause } from '../../../src/domain/circumstances.ts';
import { pause } from '../../../src/policy/rails/pause.ts';
import { aRailContext, askedAgain } from '../../fakes/rail-context.ts';
import { afterNoon, aRequest } from '../../fakes/repairs.ts';

const SET: Pause = { until: afterNoon(3600), reason: 'new driver', by: 'alice', since: afterNoon(-60) };

const contextOf = (value: Circumstances['pause']) => aRailContext({ circumstances: { pause: value } });
const ask = (value: Pause | undefined) => pause.check(aRequest(), contextOf({ known: true, value }));

describe('pause', () => {
  it('passes when nobody has paused', () => {
    expect(ask(undefined)).toBeUndefined();
  });

  it('refuses and tells who, why and until when', () => {
    expect(ask(SET)).toEqual({
      reason: 'paused by alice since 2026-11-21T11:59:00.000Z until 2026-11-21T13:00:00.000Z: new driver',
      // Somebody may resume before.
      retryAt: afterNoon(60),
    });
  });

  it('refuses until somebody resumes, and looks again meanwhile', () => {
    expect(ask({ ...SET, until: undefined, by: '', reason: '' })).toEqual({
      reason: 'paused by somebody since 2026-11-21T11:59:00.000Z until somebody resumes',
      retryAt: afterNoon(60),
    });
  });

  it('refuses when it is not known, and looks again', () => {
    const denial = pause.check(aRequest(), contextOf({ known: false, why: 'permission denied' }));
    expect(denial).toEqual({
      reason: 'whether fettle is paused is not known: permission denied',
      retryAt: afterNoon(60),
    });
  });

  it('holds until exactly its end', () => {
    fc.assert(
      fc.property(fc.integer({ min: -100_000, max: 100_000 }), (ms) => {
        const context = contextOf({ known: true, value: { ...SET, until: afterNoon(ms / 1000) } });
        const denial = pause.check(aRequest(), context);
        expect(denial !== undefined).toBe(ms > 0);
        if (ms > 0) expect(askedAgain(pause, aRequest(), context, afterNoon(ms / 1000))).toBeUndefined();
      }),
    );
  });
});
