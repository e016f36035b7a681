import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseKmsgRecord } from '../../../src/sources/kernel-log/record.ts';
import { anyText } from '../../fakes/any-text.ts';

/** As the kernel writes a text: what is not printable ASCII, and the backslash, byte by byte. */
function escaped(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) =>
      byte < 0x20 || byte >= 0x7f || byte === 0x5c
        ? `\\x${byte.toString(16).padStart(2, '0')}`
        : String.fromCharCode(byte),
    )
    .join('');
}

describe('parseKmsgRecord', () => {
  it('reads facility, number, time and text, and leaves out what belongs to the device', () => {
    const raw = '30,1234,5678901,-;a text; with more\n SUBSYSTEM=pci\n DEVICE=+pci:0000:00:01.0\n';
    expect(parseKmsgRecord(raw)).toEqual({
      facility: 3,
      seq: 1234,
      sinceBoot: 5.678901,
      continues: false,
      caller: '',
      text: 'a text; with more',
    });
  });

  it.each([
    ['6,1,2,c;x', true, ''],
    ['6,1,2,+;x', true, ''],
    ['6,1,2,-,caller=T123;x', false, 'T123'],
    ['6,1,2,c,caller=C0,future=1;x', true, 'C0'],
  ])('reads the flags of %j', (raw, continues, caller) => {
    expect(parseKmsgRecord(raw)).toMatchObject({ continues, caller, text: 'x' });
  });

  it.each([
    '',
    '\n',
    ';',
    'x,1,2,-;text',
    '6,1,2;text',
    '6,1,-;text',
    '6,1,2,-',
    '-6,1,2,-;text',
    '# 6,1,2,-;x',
  ])('takes %j for no record', (raw) => {
    expect(parseKmsgRecord(raw)).toBeUndefined();
  });

  it('gives back every text that the kernel has escaped', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        expect(parseKmsgRecord(`6,1,2,-;${escaped(text)}\n`)?.text).toBe(text);
      }),
    );
  });

  it('survives whatever is in the place of the log', () => {
    fc.assert(
      fc.property(anyText(), fc.nat(), (text, cut) => {
        parseKmsgRecord(text);
        expect(parseKmsgRecord(`6,1,2,-;${text}`.slice(0, cut))?.seq ?? 1).toBe(1);
      }),
    );
  });
});
