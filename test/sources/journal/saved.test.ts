import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSaved, type SavedState, savedText } from '../../../src/sources/journal/saved.ts';
import { cursorOf } from './a-line.ts';

const STATE: SavedState = {
  cursor: cursorOf(42),
  stopped: true,
  tally: {
    gaps: 1,
    dropped: { malformed: 1, too_long: 2, missed: 3 },
    units: [{ unit: 'a.service', user: 'alice', lastSeconds: 1700.5, messages: [1, 2], bytes: [3, 4] }],
    rules: [
      {
        name: 'r',
        expression: 'x',
        units: [{ unit: '', user: undefined, matches: 0, lastSeconds: undefined, heardSeconds: 0 }],
      },
    ],
  },
};

const TEXT = savedText(STATE);

describe('a saved state', () => {
  it('is read as it was written', () => {
    expect(parseSaved(TEXT)).toEqual({ version: 1, ...STATE });
  });

  it('is nothing once it was cut anywhere', () => {
    const isWhole = (length: number) => TEXT.slice(0, length).trim() === TEXT.trim();
    fc.assert(
      fc.property(
        fc.nat(TEXT.length),
        (length) => (parseSaved(TEXT.slice(0, length)) !== undefined) === isWhole(length),
      ),
    );
  });

  it.each([
    ['another version', { version: 2 }],
    ['a cursor that is none', { cursor: '--file=/etc/shadow' }],
    ['no word of how it ended', { stopped: undefined }],
    ['no counts', { tally: undefined }],
    ['counts that are none', { tally: { ...STATE.tally, gaps: -1 } }],
    ['half a unit', { tally: { ...STATE.tally, units: [{ unit: 'a.service' }] } }],
    ['half a rule', { tally: { ...STATE.tally, rules: [{ name: 'r', expression: 'x', units: [{}] }] } }],
  ])('is nothing with %s', (_, change) => {
    expect(parseSaved(JSON.stringify({ version: 1, ...STATE, ...change }))).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.json(), (text) => parseSaved(text) === undefined));
  });
});
