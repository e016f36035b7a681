import { describe, expect, it } from 'vitest';
import { systemManager } from '../../../src/policy/rails/system-manager.ts';
import { aRailContext } from '../../fakes/rail-context.ts';
import { anAlert, aRequest } from '../../fakes/repairs.ts';

describe('system manager', () => {
  const check = (labels: Readonly<Record<string, string>>) => {
    const alert = { ...anAlert(), labels: new Map([...anAlert().labels, ...Object.entries(labels)]) };
    return systemManager.check(aRequest({ alert }), aRailContext())?.reason;
  };

  it.each([[{}], [{ scope: '' }], [{ scope: 'system' }]])('passes an alert with %j', (labels) => {
    expect(check(labels)).toBeUndefined();
  });

  it.each([
    [{ scope: 'user', user: 'alice' }, 'alice'],
    [{ scope: 'user' }, 'user'],
    [{ scope: 'System' }, 'System'],
  ])('refuses an alert about a unit with %j', (labels, whose) => {
    expect(check(labels)).toContain(`in the manager of ${whose}, not in the system's`);
  });
});
