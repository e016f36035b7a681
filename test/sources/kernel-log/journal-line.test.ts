import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJournalLine } from '../../../src/sources/kernel-log/journal-line.ts';
import { anyText } from '../../fakes/any-text.ts';

const FIELDS = {
  __CURSOR: 's=1;i=2',
  __REALTIME_TIMESTAMP: '1700000010000000',
  __MONOTONIC_TIMESTAMP: '12000000',
  _SOURCE_MONOTONIC_TIMESTAMP: '2000000',
  SYSLOG_FACILITY: '0',
  MESSAGE: 'a text',
};

const lineWith = (fields: object) => JSON.stringify({ ...FIELDS, ...fields });

describe('parseJournalLine', () => {
  it('dates a record by when the kernel wrote it, not by when the journal took it', () => {
    expect(parseJournalLine(lineWith({}))).toEqual({
      facility: 0,
      continues: false,
      caller: '',
      text: 'a text',
      cursor: 's=1;i=2',
      seconds: 1_700_000_000,
    });
  });

  it('dates a record without a time of its own by when the journal took it', () => {
    expect(parseJournalLine(lineWith({ _SOURCE_MONOTONIC_TIMESTAMP: null }))?.seconds).toBe(1_700_000_010);
  });

  it('knows what a program wrote to the kernel log', () => {
    expect(parseJournalLine(lineWith({ SYSLOG_FACILITY: '3' }))?.facility).toBe(3);
  });

  it('reads a text that the journal gives as bytes', () => {
    const MESSAGE = [...Buffer.from('first\nsecond é')];
    expect(parseJournalLine(lineWith({ MESSAGE }))?.text).toBe('first\nsecond é');
  });

  it.each([
    ['no JSON', '{'],
    ['no object', '"text"'],
    ['null', 'null'],
    ['a text that was too long for the journal', lineWith({ MESSAGE: null })],
    ['no cursor', lineWith({ __CURSOR: 5 })],
    ['no time', lineWith({ __REALTIME_TIMESTAMP: 'yesterday' })],
  ])('takes %s for no record', (_, line) => {
    expect(parseJournalLine(line)).toBeUndefined();
  });

  it('gives back every text', () => {
    fc.assert(
      fc.property(anyText(), (MESSAGE) => {
        expect(parseJournalLine(lineWith({ MESSAGE }))?.text).toBe(MESSAGE);
      }),
    );
  });
});
