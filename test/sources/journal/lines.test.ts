import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLineCutter } from '../../../src/sources/journal/lines.ts';

const LONGEST = 8;

/** What a cutter gives for a text that comes in parts of these sizes. */
function cut(text: string, sizes: readonly number[]): readonly (string | undefined)[] {
  const cutter = createLineCutter(LONGEST);
  const bytes = Buffer.from(text);
  const lines: (string | undefined)[] = [];
  let start = 0;
  for (const size of [...sizes, bytes.length]) {
    lines.push(...cutter.add(bytes.subarray(start, start + size)));
    start += size;
  }
  return lines;
}

describe('createLineCutter', () => {
  it('cuts lines wherever the parts are cut, and leaves a place for each that is too long', () => {
    const text = fc
      .array(fc.constantFrom('a', 'ä', '\n', 'bcd', '€'), { maxLength: 40 })
      .map((all) => all.join(''));
    fc.assert(
      fc.property(text, fc.array(fc.integer({ min: 1, max: 12 })), (whole, sizes) => {
        const lines = whole.split('\n').slice(0, -1);
        const expected = lines.map((line) => (Buffer.byteLength(line) > LONGEST ? undefined : line));
        expect(cut(whole, sizes)).toEqual(expected);
      }),
    );
  });

  it('forgets what has begun, once it is told to', () => {
    const cutter = createLineCutter(LONGEST);
    expect(cutter.add(Buffer.from('a\nbegun'))).toEqual(['a']);
    cutter.reset();
    expect(cutter.add(Buffer.from('b\n'))).toEqual(['b']);
  });
});
