import { describe, expect, it } from 'vitest';
import { alreadyHealthy } from '../../../src/policy/rails/already-healthy.ts';
import { aRailContext, aRequest, aUnit } from '../../fakes/repairs.ts';

describe('already healthy', () => {
  it.each([['active'], ['reloading']] as const)('refuses a unit that is %s', (activeState) => {
    const unit = aUnit({ activeState, subState: 'running' });
    expect(alreadyHealthy.check(aRequest(), aRailContext({ unit }))?.reason).toBe(
      `a.service is ${activeState} (running) now`,
    );
  });

  it.each([['failed'], ['inactive'], ['activating'], ['deactivating'], ['maintenance']] as const)(
    'passes a unit that is %s',
    (activeState) => {
      expect(
        alreadyHealthy.check(aRequest(), aRailContext({ unit: aUnit({ activeState }) })),
      ).toBeUndefined();
    },
  );
});
