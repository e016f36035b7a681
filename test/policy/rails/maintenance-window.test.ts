import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MaintenanceWindow } from '../../../src/domain/policy.ts';
import type { Step } from '../../../src/domain/step.ts';
import { maintenanceWindow } from '../../../src/policy/rails/maintenance-window.ts';
import { aRailContext, aRun, askedAgain, aWindow, STEP_OF } from '../../fakes/rail-context.ts';
import { afterNoon, aRequest, aRestart } from '../../fakes/repairs.ts';

const DAY = 86_400;

function ask(windows: readonly MaintenanceWindow[], step: Step = aRestart()) {
  return maintenanceWindow.check(aRequest({ step }), aRailContext({ settings: { windows } }));
}

describe('maintenance window', () => {
  it.each([
    ['is yet to come', aWindow(DAY, 1)],
    ['is over', aWindow(DAY, -60)],
    ['has no beginning any more', { ...aWindow(DAY, 0), nextBeginning: () => undefined }],
  ])('passes when it %s', (_what, window) => {
    expect(ask([window])).toBeUndefined();
  });

  it('refuses while it is on and says until when', () => {
    expect(ask([aWindow(DAY, -45)])).toEqual({
      reason: 'in the maintenance window backup (0 2 * * *, 90m, UTC)',
      retryAt: afterNoon(15),
    });
  });

  it('is on from its beginning', () => {
    expect(ask([aWindow(DAY, 0)])?.retryAt).toEqual(afterNoon(60));
  });

  it('tells all that are on, and waits for what follows without a gap', () => {
    const [one, two, three] = [aWindow(DAY, -45), aWindow(DAY, -50, { name: 'two' }), aWindow(DAY, 15)];
    const denial = ask([one, two, { ...three, name: 'three' }]);
    expect(denial?.reason).toBe(
      'in the maintenance window backup (0 2 * * *, 90m, UTC); in the maintenance window two (0 2 * * *, 90m, UTC)',
    );
    expect(denial?.retryAt).toEqual(afterNoon(75));
  });

  it('has no end that is known when it never ends', () => {
    const denial = ask([aWindow(60, 0)]);
    expect(denial).toBeDefined();
    expect(denial).not.toHaveProperty('retryAt');
  });

  it.each<[MaintenanceWindow['blocks'], Step, boolean]>([
    [[], STEP_OF.notify, true],
    [['restart'], aRestart(), true],
    [['restart'], STEP_OF.start, false],
    [['stop', 'throttle'], STEP_OF.throttle, true],
    [['run'], aRun(undefined), true],
    [['restart'], aRun('restart'), true],
    [['restart'], aRun('start'), false],
    [['start'], aRun(undefined), false],
  ])('that forbids %j refuses %o: %s', (blocks, step, refuses) => {
    expect(ask([aWindow(DAY, 0, { blocks })], step) !== undefined).toBe(refuses);
  });

  it('refuses when its times cannot be told', () => {
    const window = aWindow(DAY, 0, {
      nextBeginning: () => {
        throw new Error('no such time zone');
      },
    });
    expect(() => ask([window])).toThrow('no such time zone');
  });

  it('is on exactly for its length from each beginning, and ends when it said', () => {
    const window = fc
      .record({
        every: fc.integer({ min: 10, max: 200 }),
        offset: fc.integer({ min: -200, max: 200 }),
        lastsSeconds: fc.integer({ min: 1, max: 60 }),
      })
      .map((some) => ({
        ...some,
        window: aWindow(some.every, some.offset, { lastsSeconds: some.lastsSeconds }),
      }));
    fc.assert(
      fc.property(fc.array(window, { maxLength: 3 }), (some) => {
        const context = aRailContext({ settings: { windows: some.map((one) => one.window) } });
        const denial = maintenanceWindow.check(aRequest(), context);
        const isOn = some.some(({ every, offset, lastsSeconds }) => {
          for (let begin = offset - 1000 * every; begin <= 0; begin += every) {
            if (begin + lastsSeconds > 0) return true;
          }
          return false;
        });
        expect(denial !== undefined).toBe(isOn);
        if (denial?.retryAt === undefined) return;
        expect(denial.retryAt.getTime()).toBeGreaterThan(context.now.getTime());
        expect(askedAgain(maintenanceWindow, aRequest(), context, denial.retryAt)).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });
});
