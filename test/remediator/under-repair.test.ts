import { describe, expect, it } from 'vitest';
import type { LedgerLine } from '../../src/domain/ledger.ts';
import { History } from '../../src/policy/history.ts';
import { unitsUnderRepair } from '../../src/remediator/under-repair.ts';
import { lineOf } from '../fakes/ledger.ts';
import { aPolicy, aPolicySet } from '../fakes/repairs.ts';

const POLICIES = aPolicySet([
  aPolicy({ name: 'p', allow: ['a.service', 'b.service'] }),
  aPolicy({ name: 'q', allow: ['a.service'] }),
]);

function underRepair(...lines: readonly LedgerLine[]): readonly string[] {
  const history = new History();
  for (const line of lines) history.apply(line);
  return unitsUnderRepair(POLICIES, history.unended())
    .filter(({ isUnderWay }) => isUnderWay)
    .map(({ policy, unit }) => `${policy} ${unit}`);
}

describe('unitsUnderRepair', () => {
  it('tells of each policy and each unit that it allows, also of those at rest', () => {
    expect(unitsUnderRepair(POLICIES, [])).toEqual([
      { policy: 'p', unit: 'a.service', isUnderWay: false },
      { policy: 'p', unit: 'b.service', isUnderWay: false },
      { policy: 'q', unit: 'a.service', isUnderWay: false },
    ]);
  });

  it.each<[string, readonly LedgerLine[]]>([
    ['while a step is under way', [lineOf.started()]],
    ['while it waits for the next step', [lineOf.started(), lineOf.finished({ result: 'failed' })]],
  ])('counts a unit %s, under the policy that repairs it alone', (_when, lines) => {
    expect(underRepair(lineOf.received(), ...lines)).toEqual(['p a.service']);
  });

  it('knows a unit by the name that the manager gives it, too', () => {
    const alias = lineOf.received({ unit: 'alias.service' });
    expect(underRepair(alias, lineOf.started({ unit: 'b.service' }))).toEqual(['p b.service']);
  });

  it.each<[string, readonly LedgerLine[]]>([
    ['only received', []],
    ['refused', [lineOf.refused()]],
    ['rehearsed', [lineOf.rehearsed()]],
    ['repaired', [lineOf.started(), lineOf.finished(), lineOf.ended()]],
    ['given up', [lineOf.started(), lineOf.finished(), lineOf.ended({ ending: 'exhausted' })]],
    ['interrupted', [lineOf.started(), lineOf.ended({ ending: 'interrupted' })]],
  ])('counts no alert that was %s', (_what, lines) => {
    expect(underRepair(lineOf.received(), ...lines)).toEqual([]);
  });
});
