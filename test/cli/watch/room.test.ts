import { describe, expect, it } from 'vitest';
import { cutLine, fittingLines } from '../../../src/cli/watch/room.ts';

describe('the room for lines', () => {
  it.each([
    [3, 'abc'],
    [0, ''],
    [9, 'abcdef'],
    [undefined, 'abcdef'],
  ])('of %s columns leaves of "abcdef" "%s"', (columns, line) => {
    expect(cutLine('abcdef', { columns, rows: 1 })).toBe(line);
  });

  it.each([
    [3, ['a', 'b', 'c']],
    [4, ['a', 'b', 'c']],
    [2, ['a', '… 2 more']],
    [1, ['… 3 more']],
    [0, ['… 3 more']],
  ])('of %d rows leaves of three %j', (rows, lines) => {
    expect(fittingLines(['a', 'b', 'c'], rows)).toEqual(lines);
  });
});
