import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alertQuery, labelFilter } from '../../../src/sources/alertmanager/filters.ts';
import { parseAlertState } from '../../../src/sources/alertmanager/parse.ts';
import { anyText } from '../../fakes/any-text.ts';

const row = (fingerprint: string, status: object) => ({ fingerprint, labels: {}, status });
const ACTIVE = { state: 'active', silencedBy: [], inhibitedBy: [] };
const GONE = { state: 'gone', silencedBy: [], inhibitedBy: [] };

describe('the answer of Alertmanager', () => {
  it('tells of the alert with the fingerprint, and of no other', () => {
    const text = JSON.stringify([row('a', { ...ACTIVE, state: 'unprocessed' }), row('b', ACTIVE)]);
    expect(parseAlertState(text, 'b')).toEqual(ACTIVE);
    expect(parseAlertState(text, 'a')).toEqual({ ...ACTIVE, state: 'unprocessed' });
    expect(parseAlertState(text, 'c')).toEqual(GONE);
    expect(parseAlertState('[]', 'c')).toEqual(GONE);
  });

  it('tells what suppresses it', () => {
    const status = { state: 'suppressed', silencedBy: ['s1', 's2'], inhibitedBy: ['f1'], mutedBy: [] };
    const { mutedBy: _, ...told } = status;
    expect(parseAlertState(JSON.stringify([row('a', status)]), 'a')).toEqual(told);
  });

  it.each([
    ['', 'nothing'],
    ['<html>', 'no JSON'],
    ['{}', 'no list'],
    ['null', 'no list'],
    ['[1]', 'no alerts'],
    ['[{"fingerprint":1}]', 'no fingerprint'],
    [JSON.stringify([row('a', {})]), 'no state'],
    [JSON.stringify([row('a', { ...ACTIVE, state: 'strange' })]), 'a state that is not known'],
    [JSON.stringify([row('a', { ...ACTIVE, silencedBy: 'x' })]), 'no list of silences'],
    [JSON.stringify([row('a', { state: 'active', silencedBy: [] })]), 'no list of inhibitions'],
    [JSON.stringify([{ fingerprint: 'a' }]), 'no status'],
  ])('is not believed: %s (%s)', (text) => {
    expect(parseAlertState(text, 'a')).toBeUndefined();
  });
});

describe('the question', () => {
  it.each([
    ['unit', 'vllm.service', 'unit="vllm.service"'],
    ['a', 'say "hi"\\\n', 'a="say \\"hi\\"\\\\\\n"'],
    ['a', '', 'a=""'],
    ['höhe', '1', '"höhe"="1"'],
    ['with space', '1', '"with space"="1"'],
  ])('asks for %j with %j', (name, value, filter) => {
    expect(labelFilter(name, value)).toBe(filter);
  });

  it('asks in all states, for each label that fits', () => {
    const labels = new Map([
      ['long', 'x'.repeat(20_000)],
      ['broken', '\ud800'],
      ['b', '2&c=3'],
    ]);
    const query = new URLSearchParams(alertQuery(labels));
    expect(query.getAll('filter')).toEqual(['b="2&c=3"']);
    for (const state of ['active', 'silenced', 'inhibited', 'unprocessed'])
      expect(query.get(state)).toBe('true');
  });

  it('is never too long, whatever the labels are', () => {
    const text = anyText();
    const value = fc
      .tuple(text, fc.nat(9000))
      .map(([some, times]) => some.repeat(times / (some.length || 1)));
    const labels = fc.array(fc.tuple(text, value), { maxLength: 6 });
    fc.assert(
      fc.property(labels, (pairs) => {
        expect(alertQuery(new Map(pairs)).length).toBeLessThan(17_000);
      }),
      { numRuns: 50 },
    );
  });
});
