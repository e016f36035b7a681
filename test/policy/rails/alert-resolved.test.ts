import { describe, expect, it } from 'vitest';
import { alertResolved } from '../../../src/policy/rails/alert-resolved.ts';
import { aPast, aRailContext } from '../../fakes/rail-context.ts';
import { anAlert, aRequest } from '../../fakes/repairs.ts';

describe('alert resolved', () => {
  const context = aRailContext({ past: aPast({ resolved: ['f2'] }) });

  it('passes while the alert fires', () => {
    expect(alertResolved.check(aRequest(), context)).toBeUndefined();
  });

  it('refuses once Alertmanager has said that it is over', () => {
    const request = aRequest({ alert: anAlert({ fingerprint: 'f2' }) });
    expect(alertResolved.check(request, context)).toEqual({ reason: 'the alert has been resolved since' });
  });
});
