import { describe, expect, it } from 'vitest';
import { alertEntry, notificationBody } from '../fakes/notification-body.ts';
import { aPolicy } from '../fakes/repairs.ts';
import { PATIENT, startWhole, type Whole } from './whole.ts';

const STARTS = '2026-11-21T12:00:00Z';

/** A notification about one alert whose labels are these beside its name. */
function bodyWith(labels: string, unit = 'a.service'): string {
  const first = `"alertname":"UnitFailed","unit":${JSON.stringify(unit)}`;
  const body = JSON.stringify(notificationBody([alertEntry({ labels: { L: '' }, startsAt: STARTS })]));
  return body.replace('"L":""', () => (labels === '' ? first : `${first},${labels}`));
}

/** The labels of the last alert that the ledger tells of. */
function writtenLabels(whole: Whole): readonly (readonly [string, unknown])[] {
  const line = whole.ledger().findLast(({ event }) => event === 'received');
  return Object.entries(Object(line?.['labels']));
}

/** What comes last of an alert, and that it comes only once; it is there again after a restart. */
async function lastWord(whole: Whole) {
  await whole.idle();
  const ends = () => whole.ledger().filter(({ event }) => /refused|ended|rehearsed/.test(event));
  expect(ends()).toHaveLength(1);
  const lines = whole.ledgerText();
  await whole.restart();
  await whole.idle();
  expect(whole.ledgerText()).toEqual(lines);
  return ends()[0];
}

describe('labels with the names of what every object has', PATIENT, () => {
  const NAMES = [
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'valueOf',
    '__defineGetter__',
  ];

  it('are labels: they go into the ledger and back, and nothing else has them', async () => {
    const whole = await startWhole();
    const labels = NAMES.map((name) => `${JSON.stringify(name)}:"of ${name}"`).join(',');
    expect((await whole.post(bodyWith(labels))).status).toBe(200);
    expect(await lastWord(whole)).toMatchObject({ event: 'ended', ending: 'repaired' });
    expect(writtenLabels(whole)).toEqual([
      ['alertname', 'UnitFailed'],
      ['unit', 'a.service'],
      ...NAMES.map((name) => [name, `of ${name}`]),
    ]);
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('unit');
    expect(Reflect.get({}, 'unit')).toBeUndefined();
    expect(String(Object.create(null).toString)).toBe('undefined');
  });

  it.each(NAMES)('decide like any other: the unit in %s', async (label) => {
    const whole = await startWhole({ policies: [aPolicy({ unit: { kind: 'label', label } })] });
    await whole.post(bodyWith(`${JSON.stringify(label)}:"a.service"`, 'other.service'));
    expect(await lastWord(whole)).toMatchObject({ unit: 'a.service', ending: 'repaired' });
    // A label that is not there is an empty text, not what every object has of that name.
    const without = await startWhole({ policies: [aPolicy({ unit: { kind: 'label', label } })] });
    await without.post(bodyWith(''));
    expect(await lastWord(without)).toMatchObject({ event: 'refused', unit: '' });
    expect([...without.looked, ...without.acted]).toEqual([]);
  });

  it.each([
    ['an object', '"__proto__":{"unit":"b.service"}'],
    ['null', '"constructor":null'],
    ['a list', '"toString":["x"]'],
  ])('are refused where they are %s', async (_what, labels) => {
    const whole = await startWhole();
    expect((await whole.post(bodyWith(labels))).status).toBe(400);
    expect(whole.ledger()).toEqual([]);
  });
});

describe('labels beyond all reason', PATIENT, () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => `"l${index}":"x"`).join(',');

  it('are taken up to some size, and are whole in the ledger', async () => {
    const whole = await startWhole();
    expect((await whole.post(bodyWith(`${many(10_000)},"long":"${'é'.repeat(6000)}"`))).status).toBe(200);
    expect(await lastWord(whole)).toMatchObject({ event: 'ended', ending: 'repaired' });
    expect(writtenLabels(whole)).toHaveLength(10_003);
    expect(writtenLabels(whole).at(-1)).toEqual(['long', 'é'.repeat(6000)]);
  });

  it.each<[string, string, string?]>([
    ['20 000 of them', many(20_000)],
    ['one of 1 MB', `"l":"${'x'.repeat(1e6)}"`],
    ['one of 15 MB', `"l":"${'x'.repeat(15e6)}"`],
    ['a name of 1 MB', `"${'x'.repeat(1e6)}":"l"`],
    ['a unit of 15 MB', '', `${'x'.repeat(15e6)}.slice`],
  ])(
    'are refused with the notification, with words that are not as long: %s',
    async (_what, labels, unit) => {
      const whole = await startWhole();
      const { status, answer } = await whole.post(bodyWith(labels, unit));
      expect({ status, answer }).toEqual({
        status: 400,
        answer: { error: expect.stringMatching(/^alerts\[0\]\.labels: expected at most 65536 characters/) },
      });
      expect(JSON.stringify(answer).length).toBeLessThan(300);
      await whole.idle();
      expect(whole.ledger()).toEqual([]);
      expect([...whole.looked, ...whole.acted]).toEqual([]);
    },
  );

  it('lead to lines that can be read again, the longest unit of them all included', async () => {
    const unit = { kind: 'label', label: 'alertname' } as const;
    const when = [
      { label: 'unit', text: 'unit = "a.service"', matches: (value: string) => value === 'a.service' },
    ];
    const policies = Array.from({ length: 20 }, (_, index) => aPolicy({ name: `p${index}`, when, unit }));
    const whole = await startWhole({ policies });
    // Each of these letters is one in the notification and six bytes in the ledger.
    const long = `"alertname":"${'\\u0001'.repeat(65_000)}"`;
    expect((await whole.post(bodyWith(long))).status).toBe(200);
    await whole.idle();
    const events = whole.ledger().map(({ event }) => event);
    expect(events.filter((event) => event === 'received')).toHaveLength(20);
    expect(events.filter((event) => event === 'refused')).toHaveLength(20);
    expect(Math.max(...whole.ledgerText().map((line) => line.length))).toBeLessThan(4e6);
    const longest = whole.logged.map((line) => JSON.stringify(line).length);
    expect(Math.max(...longest)).toBeLessThan(4e6);
    await whole.restart();
    expect(whole.recent(100)).toHaveLength(20);
    expect(whole.acted).toEqual([]);
  });

  it('bring no line of their own into the ledger, nor into its numbers', async () => {
    const whole = await startWhole();
    const line =
      '","event":"ended","chain":"00"}\\n{"v":2,"event":"started","unit":"b.service"}\\r\\n\\u2028\\u0085';
    await whole.post(bodyWith(`"x":${JSON.stringify(line)},"y":"\\u0000\\ud800"`));
    expect(await lastWord(whole)).toMatchObject({ event: 'ended', ending: 'repaired' });
    expect(whole.ledger().map(({ event }) => event)).toEqual(['received', 'started', 'finished', 'ended']);
    expect(new Map(writtenLabels(whole)).get('x')).toBe(line);
  });
});
