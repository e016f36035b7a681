import { describe, expect, it } from 'vitest';
import { History } from '../../../src/policy/history.ts';
import { alertResolved } from '../../../src/policy/rails/alert-resolved.ts';
import { lineOf } from '../../fakes/ledger.ts';
import { aRailContext, aRequest } from '../../fakes/repairs.ts';

describe('alert resolved', () => {
  it('passes while the alert fires', () => {
    const history = new History();
    history.apply(lineOf.received());
    expect(alertResolved.check(aRequest(), aRailContext({ history }))).toBeUndefined();
  });

  it('refuses once Alertmanager has said that it is over', () => {
    const history = new History();
    history.apply(lineOf.received());
    history.apply(lineOf.resolved());
    expect(alertResolved.check(aRequest(), aRailContext({ history }))).toBeDefined();
  });
});
