import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Moment } from '../../src/domain/moment.ts';
import { alertEntry, notificationBody } from '../fakes/notification-body.ts';
import { aPolicy, aUnit } from '../fakes/repairs.ts';
import { PATIENT, startWhole } from './whole.ts';

const HOUR = 3600;
const TEN_YEARS = 10 * 365.25 * 24 * HOUR;

const BASE_SECONDS = 900;
const COOLDOWN = {
  baseSeconds: BASE_SECONDS,
  factor: 1,
  maxSeconds: BASE_SECONDS,
  resetAfterSeconds: 10 * HOUR,
};

/** A fettle whose unit never stays well, and that nothing but the cooldown keeps from restarting it. */
async function start(moment?: (own: () => Moment) => Moment) {
  const whole = await startWhole({
    policies: [aPolicy({ cooldown: COOLDOWN, limits: [], giveUpSeconds: 1 })],
    settings: { budget: { concurrent: 1, limits: [] } },
    unitOf: (_name, actions) => aUnit({ invocationId: `run ${actions}` }),
    ...(moment && { moment }),
  });
  let alerts = 0;
  return {
    ...whole,
    /** The unit's alert fires anew, by the wall clock of Alertmanager, which jumps with ours. */
    async fires() {
      const labels = { alertname: 'UnitFailed', unit: 'a.service' };
      const startsAt = whole.clock.now().toISOString();
      const fingerprint = (++alerts).toString(16);
      await whole.post(notificationBody([alertEntry({ labels, startsAt, fingerprint })]));
      await whole.idle();
    },
    /** Seconds that really passed between one repair and the next. */
    pauses: () =>
      whole.acted.slice(1).map(({ seconds }, index) => seconds - (whole.acted[index]?.seconds ?? 0)),
  };
}

type Deed =
  | { readonly kind: 'fires' | 'restart' }
  | { readonly kind: 'advance' | 'jump'; readonly seconds: number };

const DEEDS = fc.array(
  fc.oneof<{ arbitrary: fc.Arbitrary<Deed>; weight: number }[]>(
    { weight: 4, arbitrary: fc.constant({ kind: 'fires' }) },
    { weight: 3, arbitrary: fc.nat(BASE_SECONDS).map((seconds) => ({ kind: 'advance', seconds })) },
    {
      weight: 3,
      arbitrary: fc
        .constantFrom(HOUR, -HOUR, TEN_YEARS, -TEN_YEARS, 61, -61)
        .map((seconds) => ({ kind: 'jump', seconds })),
    },
    { weight: 1, arbitrary: fc.constant({ kind: 'restart' }) },
  ),
  { minLength: 20, maxLength: 40 },
);

/** Seconds that really passed between repairs while all that happened. */
async function played(deeds: readonly Deed[]): Promise<readonly number[]> {
  const whole = await start();
  for (const one of deeds) {
    if ('seconds' in one) whole.clock[one.kind](one.seconds);
    else await whole[one.kind]();
  }
  return whole.pauses();
}

describe('a wall clock that jumps', PATIENT, () => {
  it.each([
    ['an hour ahead', HOUR],
    ['an hour back', -HOUR],
    ['ten years ahead', TEN_YEARS],
    ['ten years back', -TEN_YEARS],
    ['to 1970', -Date.UTC(2026, 10, 21, 12) / 1000],
  ])('makes no cooldown shorter: %s', async (_what, seconds) => {
    const { clock, fires, acted, restart, ledger } = await start();
    await fires();
    expect(acted).toHaveLength(1);
    clock.jump(seconds);
    await fires();
    await restart();
    await fires();
    clock.advance(BASE_SECONDS / 2);
    await fires();
    expect(acted).toHaveLength(1);
    expect(ledger().at(-1)).toMatchObject({ event: 'refused', denials: [{ rail: 'cooldown' }] });
    // And once it is really over, it is over, whatever the clock shows.
    clock.advance(BASE_SECONDS);
    await fires();
    expect(acted).toHaveLength(2);
  });

  it('makes none shorter however often it jumps, with restarts of fettle between', async () => {
    let repairs = 0;
    for (const deeds of fc.sample(DEEDS, { numRuns: 15, seed: 6 })) {
      const pauses = await played(deeds);
      for (const pause of pauses) expect(pause).toBeGreaterThanOrEqual(BASE_SECONDS);
      repairs += pauses.length;
    }
    expect(repairs).toBeGreaterThan(15);
  });

  it('makes none shorter across a start of the machine whose clock went back, or stood still', async () => {
    let boot = 0;
    let wallBack = 0;
    const whole = await start((own) => {
      const { wall, upSeconds } = own();
      return boot === 0
        ? { wall, upSeconds, boot: 'boot-1' }
        : {
            wall: new Date(wall.getTime() - wallBack * 1000),
            upSeconds: upSeconds - 900,
            boot: `boot-${boot + 1}`,
          };
    });
    await whole.fires();
    for (const back of [0, HOUR, TEN_YEARS]) {
      boot++;
      wallBack = back;
      await whole.restart();
      await whole.fires();
      expect(whole.acted).toHaveLength(1);
    }
  });
});
