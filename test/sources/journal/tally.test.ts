import { describe, expect, it } from 'vitest';
import type { JournalRule } from '../../../src/domain/journal.ts';
import { parseEntry } from '../../../src/sources/journal/entry.ts';
import { createTally, type Tally } from '../../../src/sources/journal/tally.ts';
import { lineOf } from './a-line.ts';
import { required } from './journal-lab.ts';

const RULE: JournalRule = {
  name: 'needles',
  expression: 'needle',
  finds: (text) => text.includes('needle'),
  units: [],
  atLeast: undefined,
};

function tallyOf(...rules: readonly JournalRule[]): Tally {
  return createTally({ rules, userName: String });
}

/** Adds a message of a unit; message number N is of second 1700 + N. */
function add(tally: Tally, unit: string, fields: Readonly<Record<string, unknown>> = {}, number = 1): void {
  tally.add(required(parseEntry(lineOf(number, { _SYSTEMD_UNIT: unit, ...fields }))));
}

const needle = { MESSAGE: 'a needle in it' };
const matches = (tally: Tally) =>
  tally.counts().rules.map(({ rule, unit, matches: count, lastSeconds }) => [rule, unit, count, lastSeconds]);

describe('createTally', () => {
  it('counts messages and bytes by priority', () => {
    const tally = tallyOf();
    add(tally, 'a.service', { PRIORITY: '3', MESSAGE: 'four' });
    add(tally, 'a.service', { PRIORITY: undefined, MESSAGE: [1, 2, 3] });
    add(tally, 'a.service', { PRIORITY: '3', MESSAGE: '' });
    expect(tally.counts().units).toEqual([
      {
        unit: 'a.service',
        user: undefined,
        priorities: [
          { priority: 'err', messages: 2, bytes: 4 },
          { priority: '', messages: 1, bytes: 3 },
        ],
      },
    ]);
  });

  it('gives the same object for a unit that has written nothing', () => {
    const tally = tallyOf();
    add(tally, 'a.service');
    add(tally, 'b.service');
    const [a, b] = tally.counts().units;
    add(tally, 'b.service');
    const [aAgain, bAgain] = tally.counts().units;
    expect(aAgain).toBe(a);
    expect(bAgain).not.toBe(b);
  });

  it('counts units beyond 500 together, and gives them the places of the longest silent ones', () => {
    const tally = tallyOf(RULE);
    for (let unit = 0; unit < 600; unit += 1) {
      add(tally, `u${unit}.service`, { ...needle, __REALTIME_TIMESTAMP: String(1_700_000_000 + unit) });
    }
    const { units, rules } = tally.counts();
    expect(units).toHaveLength(501);
    expect(units.at(-1)).toMatchObject({ unit: 'other', priorities: [{ messages: 100 }] });
    expect(rules).toHaveLength(201);
    const names = () => tally.counts().units.map(({ unit }) => unit);
    const soon = 3000;
    add(tally, 'new.service', {}, soon);
    expect(names()).not.toContain('new.service');
    const later = 4000;
    add(tally, 'u0.service', {}, later);
    add(tally, 'new.service', {}, later);
    expect(names()).toEqual(expect.arrayContaining(['new.service', 'u0.service', 'u51.service', 'other']));
    expect(names()).not.toContain('u50.service');
    expect(names()).toHaveLength(452);
  });

  it('has 0 for what a rule is about, as soon as anybody can know it', () => {
    const tally = tallyOf(
      { ...RULE, units: ['a.service', 'comfyui@*'] },
      { ...RULE, name: 'all', expression: 'x', finds: () => false },
    );
    expect(matches(tally)).toEqual([
      ['needles', 'a.service', 0, undefined],
      ['all', '', 0, undefined],
    ]);
    add(tally, 'comfyui@1.service');
    expect(matches(tally)).toEqual([
      ['needles', 'a.service', 0, undefined],
      ['needles', 'comfyui@1.service', 0, undefined],
      ['all', '', 0, undefined],
      ['all', 'comfyui@1.service', 0, undefined],
    ]);
  });

  it('finds patterns in messages of units and priorities that a rule is about, and in no others', () => {
    const tally = tallyOf({ ...RULE, units: ['a.service'], atLeast: 4 });
    add(tally, 'a.service', { ...needle, PRIORITY: '4' }, 5);
    add(tally, 'a.service', { ...needle, PRIORITY: '0' }, 4);
    add(tally, 'a.service', { ...needle, PRIORITY: '5' });
    add(tally, 'a.service', { ...needle, PRIORITY: undefined });
    add(tally, 'a.service', { PRIORITY: '3' });
    add(tally, 'b.service', { ...needle, PRIORITY: '3' });
    expect(matches(tally)).toEqual([['needles', 'a.service', 2, 1705]]);
  });

  it('looks at the first 8192 characters', () => {
    const tally = tallyOf(RULE);
    add(tally, 'a.service', { MESSAGE: `${'x'.repeat(8186)}needle` });
    add(tally, 'a.service', { MESSAGE: `${'x'.repeat(8187)}needle` });
    expect(matches(tally)).toContainEqual(['needles', 'a.service', 1, 1701]);
  });

  it('goes on where it was left, but for rules whose pattern has changed', () => {
    const other = { ...RULE, name: 'other' };
    const before = tallyOf(RULE, other);
    add(before, 'a.service', needle);
    before.addGap(3);
    before.addDropped({ malformed: 0, too_long: 1 });
    const after = createTally({
      rules: [RULE, { ...other, expression: 'changed' }],
      userName: String,
      saved: before.save(),
    });
    expect(matches(after)).toEqual([
      ['needles', '', 0, undefined],
      ['needles', 'a.service', 1, 1701],
      ['other', '', 0, undefined],
    ]);
    expect(after.counts()).toMatchObject({
      units: before.counts().units,
      gaps: 1,
      dropped: { malformed: 0, too_long: 1, missed: 3 },
    });
  });

  it('counts no unit any more that a rule does not name since a restart', () => {
    const before = tallyOf({ ...RULE, units: ['a.service', 'comfyui@*'] });
    for (const unit of ['a.service', 'comfyui@1.service']) add(before, unit, needle);
    const restarted = (...units: readonly string[]) =>
      createTally({ rules: [{ ...RULE, units }], userName: String, saved: before.save() });
    const narrower = restarted('a.service', 'b.service');
    add(narrower, 'comfyui@1.service', needle, 2);
    expect(matches(narrower)).toEqual([
      ['needles', 'a.service', 1, 1701],
      ['needles', 'b.service', 0, undefined],
    ]);
    const same = restarted('a.service', 'comfyui@*');
    add(same, 'comfyui@1.service', needle, 2);
    expect(matches(same)).toEqual([
      ['needles', 'a.service', 1, 1701],
      ['needles', 'comfyui@1.service', 2, 1702],
    ]);
  });

  it('keeps the units beyond the limit where a rule may have some, and only there', () => {
    const before = tallyOf({ ...RULE, units: ['u*'] });
    for (let unit = 0; unit < 202; unit += 1) add(before, `u${unit}.service`, needle);
    const other = (...units: readonly string[]) =>
      matches(createTally({ rules: [{ ...RULE, units }], userName: String, saved: before.save() })).find(
        ([, unit]) => unit === 'other',
      );
    expect(other('u*')).toEqual(['needles', 'other', 2, 1701]);
    // Those of no unit take a place.
    expect(other()).toEqual(['needles', 'other', 3, 1701]);
    expect(other('u1.service')).toBeUndefined();
  });
});
