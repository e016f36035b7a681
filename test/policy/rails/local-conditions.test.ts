import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Known } from '../../../src/domain/circumstances.ts';
import type { Condition, Quantity } from '../../../src/domain/condition.ts';
import { localConditions } from '../../../src/policy/rails/local-conditions.ts';
import { aRailContext } from '../../fakes/rail-context.ts';
import { afterNoon, anAlert, aRequest, aRestart } from '../../fakes/repairs.ts';

const HOT: Condition = {
  text: 'gpu_temperature_celsius > 95',
  quantity: 'gpu_temperature_celsius',
  operator: '>',
  value: 95,
};
const DOWN: Condition = {
  text: 'probe_success(web) = 0',
  quantity: 'probe_success(web)',
  operator: '=',
  value: 0,
};

function ask(onlyIf: readonly Condition[], read: readonly (readonly [Quantity, Known<number>])[]) {
  const step = aRestart({ onlyIf });
  return localConditions.check(
    aRequest({ step }),
    aRailContext({ circumstances: { quantities: new Map(read) } }),
  );
}

describe('local conditions', () => {
  it('passes a step that asks for nothing', () => {
    expect(ask([], [])).toBeUndefined();
  });

  it('passes when all hold', () => {
    const read = [
      ['gpu_temperature_celsius', { known: true, value: 96 }],
      ['probe_success(web)', { known: true, value: 0 }],
    ] as const;
    expect(ask([HOT, DOWN], read)).toBeUndefined();
  });

  it('tells each that does not hold or is not known, and looks again', () => {
    expect(ask([HOT, DOWN], [['gpu_temperature_celsius', { known: true, value: 95 }]])).toEqual({
      reason:
        'gpu_temperature_celsius > 95 does not hold: gpu_temperature_celsius is 95; probe_success(web) is not known: nobody has read it',
      retryAt: afterNoon(60),
    });
    expect(ask([HOT], [['gpu_temperature_celsius', { known: false, why: 'no GPU' }]])?.reason).toBe(
      'gpu_temperature_celsius is not known: no GPU',
    );
  });

  it('takes no label for the machine', () => {
    const labels = new Map([['gpu_temperature_celsius', '99']]);
    const request = aRequest({ alert: { ...anAlert(), labels }, step: aRestart({ onlyIf: [HOT] }) });
    expect(localConditions.check(request, aRailContext())).toBeDefined();
  });

  it('passes only if each is known and holds', () => {
    const read = fc.oneof(
      fc.record({ known: fc.constant(true as const), value: fc.integer({ min: 90, max: 100 }) }),
      fc.record({ known: fc.constant(false as const), why: fc.string() }),
    );
    fc.assert(
      fc.property(read, read, fc.integer({ min: 90, max: 100 }), (gpu, zone, value) => {
        const cool: Condition = { text: '', quantity: 'thermal_zone_celsius', operator: '<=', value };
        const denial = ask(
          [HOT, cool],
          [
            ['gpu_temperature_celsius', gpu],
            ['thermal_zone_celsius', zone],
          ],
        );
        const passes = gpu.known && gpu.value > 95 && zone.known && zone.value <= value;
        expect(denial === undefined).toBe(passes);
      }),
    );
  });
});
