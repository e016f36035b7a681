import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AlertState } from '../../../src/domain/circumstances.ts';
import { staleAlert } from '../../../src/policy/rails/stale-alert.ts';
import { aRailContext, askedAgain } from '../../fakes/rail-context.ts';
import { afterNoon, anAlert, aRequest } from '../../fakes/repairs.ts';

const DAY = 86_400;

const began = (seconds: number, receivedAt = 0, stepIndex = 0) =>
  aRequest({ alert: anAlert({ startsAt: afterNoon(seconds) }), receivedAt, stepIndex });
const ask = (...request: Parameters<typeof began>) => staleAlert.check(began(...request), aRailContext());

describe('stale alert', () => {
  it.each([
    ['has just come', 0, 0],
    ['has waited as long as it may', -600, -600],
    ['began a few minutes from now by a clock that is ahead', 300, 0],
    ['began a day before it came in', -DAY, 0],
  ])('passes an alert that %s', (_what, startsAt, receivedAt) => {
    expect(ask(startsAt, receivedAt)).toBeUndefined();
  });

  it('refuses one that has waited too long, and takes it when it is sent again', () => {
    expect(ask(-700, -601)).toEqual({
      reason: 'the alert has waited 601 s, where 600 s are allowed',
      retryAt: afterNoon(60),
    });
    expect(askedAgain(staleAlert, began(-700, -601), aRailContext(), afterNoon(60))).toBeUndefined();
  });

  it('lets a later step wait as its ladder says', () => {
    expect(ask(-7000, -6000, 1)).toBeUndefined();
  });

  it('refuses one that is said to begin later, until then', () => {
    expect(ask(301)).toEqual({
      reason: 'the alert is said to begin at 2026-11-21T12:05:01.000Z, which is yet to come',
      retryAt: afterNoon(1),
    });
  });

  it('refuses one that was played back, for good', () => {
    const denial = ask(-7 * DAY);
    expect(denial?.reason).toContain('more than 24 h before it came in');
    expect(denial).not.toHaveProperty('retryAt');
  });

  it.each<[AlertState['state'], boolean]>([
    ['active', true],
    ['gone', false],
    ['suppressed', false],
    ['unprocessed', false],
  ])('takes an old one of which Alertmanager says that it is %s: %s', (state, passes) => {
    const value: AlertState = { state, silencedBy: [], inhibitedBy: [] };
    const context = aRailContext({ circumstances: { alert: { known: true, value } } });
    expect(staleAlert.check(began(-7 * DAY), context) === undefined).toBe(passes);
  });

  it('does not believe Alertmanager when it cannot be asked', () => {
    const context = aRailContext({ circumstances: { alert: { known: false, why: 'connection refused' } } });
    expect(staleAlert.check(began(-7 * DAY), context)).toBeDefined();
  });

  it('refuses one that has no beginning', () => {
    expect(ask(Number.NaN)).toEqual({ reason: 'nobody knows when the alert began' });
  });

  it('passes exactly those that have waited no longer than they may, and began in a day that is believed', () => {
    const seconds = fc.integer({ min: -2 * DAY, max: DAY });
    fc.assert(
      fc.property(seconds, fc.integer({ min: -1000, max: 0 }), (startsAt, receivedAt) => {
        const passes = receivedAt >= -600 && startsAt <= 300 && receivedAt - startsAt <= DAY;
        expect(ask(startsAt, receivedAt) === undefined).toBe(passes);
      }),
    );
  });
});
