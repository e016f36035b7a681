import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEntry } from '../../../src/sources/journal/entry.ts';
import { anyText } from '../../fakes/any-text.ts';
import { lineOf } from './a-line.ts';

const entry = (fields: Readonly<Record<string, unknown>>) => parseEntry(lineOf(1, fields));

describe('parseEntry', () => {
  it('gives what is counted of a message', () => {
    expect(parseEntry(lineOf(7))).toMatchObject({
      place: { number: 7 },
      seconds: 1707,
      unit: 'a.service',
      uid: undefined,
      priority: 6,
      bytes: 9,
      text: 'message 7',
    });
  });

  it.each([
    ['text', 'ä€', { bytes: 5, text: 'ä€' }],
    ['bytes that are text', [104, 195, 164, 10], { bytes: 4, text: 'hä\n' }],
    ['bytes that are none', [1, 255], { bytes: 2, text: '\u0001\ufffd' }],
    ['several texts', ['one', 'two'], { bytes: 6, text: 'one\ntwo' }],
    ['a text and bytes', ['one', [255, 65]], { bytes: 5, text: 'one\n\ufffdA' }],
    ['nothing, because it is too long', null, { bytes: 0, text: '' }],
    ['nothing', undefined, { bytes: 0, text: '' }],
    ['no bytes', [], { bytes: 0, text: '' }],
    ['what journalctl never writes', { a: 1 }, { bytes: 0, text: '' }],
  ])('takes a message of %s', (_, MESSAGE, expected) => {
    expect(entry({ MESSAGE })).toMatchObject(expected);
  });

  it.each([
    ['a unit of the system', { _SYSTEMD_UNIT: 'b.service' }, 'b.service', undefined],
    ['the kernel', { _SYSTEMD_UNIT: undefined }, '', undefined],
    [
      'a unit of a user',
      { _SYSTEMD_UNIT: 'user@1000.service', _SYSTEMD_USER_UNIT: 'app.service' },
      'app.service',
      1000,
    ],
    ['a user’s manager itself', { _SYSTEMD_UNIT: 'user@1000.service' }, 'user@1000.service', undefined],
    ['a unit that only says so', { UNIT: 'c.service', _SYSTEMD_UNIT: 'init.scope' }, 'init.scope', undefined],
    ['several values', { _SYSTEMD_UNIT: ['d.service', 'e.service'] }, 'd.service', undefined],
  ])('knows whose it is: %s', (_, fields, unit, uid) => {
    expect(entry(fields)).toMatchObject({ unit, uid });
  });

  it.each([
    ['0', 0],
    ['7', 7],
    ['8', undefined],
    ['', undefined],
    ['-1', undefined],
    [undefined, undefined],
    [['3', '4'], 3],
  ])('takes the priority %j for %j', (PRIORITY, priority) => {
    expect(entry({ PRIORITY })?.priority).toBe(priority);
  });

  it.each([
    '',
    '{',
    'null',
    '[]',
    '"text"',
    '{}',
    lineOf(1, { __CURSOR: 'rubbish' }),
    lineOf(1, { __REALTIME_TIMESTAMP: 'now' }),
    lineOf(1, { __REALTIME_TIMESTAMP: undefined }),
  ])('is nothing for %j', (line) => {
    expect(parseEntry(line)).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(fc.property(anyText(), (line) => parseEntry(line) === undefined));
    fc.assert(fc.property(fc.jsonValue(), (MESSAGE) => entry({ MESSAGE }) !== undefined));
  });
});
