import { describe, expect, it } from 'vitest';
import { protectedUnit } from '../../../src/policy/rails/protected-unit.ts';
import { aRailContext, aRequest, aUnit } from '../../fakes/repairs.ts';

describe('protected unit', () => {
  it('passes a unit that no pattern names', () => {
    expect(
      protectedUnit.check(aRequest(), aRailContext({ protectedUnits: ['ssh.service', 'dbus*'] })),
    ).toBeUndefined();
  });

  it('refuses a unit by its own name and tells the pattern', () => {
    const denial = protectedUnit.check(aRequest(), aRailContext({ protectedUnits: ['a*'] }));
    expect(denial?.reason).toBe('a.service is protected by the pattern a*');
  });

  it('refuses an alias of a protected unit', () => {
    const unit = aUnit({ id: 'ssh.service', names: ['ssh.service', 'a.service'] });
    const denial = protectedUnit.check(aRequest(), aRailContext({ unit, protectedUnits: ['ssh.service'] }));
    expect(denial?.reason).toBe('a.service is another name of ssh.service; ssh.service is protected');
  });

  it('refuses a unit of which a protected name is an alias', () => {
    const unit = aUnit({ names: ['a.service', 'sshd.service'] });
    expect(
      protectedUnit.check(aRequest(), aRailContext({ unit, protectedUnits: ['sshd.service'] })),
    ).toBeDefined();
  });

  it('refuses by name alone when there is no such unit', () => {
    expect(
      protectedUnit.check(aRequest(), aRailContext({ unit: undefined, protectedUnits: ['a.service'] })),
    ).toBeDefined();
  });
});
