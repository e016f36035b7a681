import { describe, expect, it } from 'vitest';
import {
  firstStep,
  isReadBy,
  type JournalPlace,
  parseCursor,
  stepBetween,
} from '../../../src/sources/journal/cursor.ts';
import { cursorOf, OTHER_ROW } from './a-line.ts';
import { required } from './journal-lab.ts';

const place = (number: number, more: { row?: string; identity?: number } = {}): JournalPlace =>
  required(parseCursor(cursorOf(number, more)));

describe('parseCursor', () => {
  it('gives the row of numbers, the number, and what a copy has too', () => {
    expect(place(0x2a)).toEqual({
      cursor: cursorOf(0x2a),
      row: '5210c8f1d32446f0bdd962f947f791da',
      number: 42,
      identity: 'b=cd4b051fb5564ca98b61d05c7b369810;m=2a;t=2a;x=2a',
    });
  });

  it.each([
    '',
    'rubbish',
    's=1;i=1;b=1;m=1;t=1;x=1',
    `${cursorOf(1)};y=1`,
    ` ${cursorOf(1)}`,
    `${cursorOf(1)}\n`,
    cursorOf(1).slice(0, -2),
    cursorOf(1).toUpperCase(),
  ])('takes nothing else: %j', (text) => {
    expect(parseCursor(text)).toBeUndefined();
  });
});

const OTHER = { row: OTHER_ROW };

describe('stepBetween', () => {
  it.each([
    ['the next number', place(5), place(6), undefined, { kind: 'next' }],
    ['the same message', place(5), place(5), undefined, { kind: 'seen' }],
    [
      'its copy in another file',
      place(5),
      place(900, { ...OTHER, identity: 5 }),
      undefined,
      { kind: 'seen' },
    ],
    ['numbers that are missing', place(5), place(9), undefined, { kind: 'gap', missed: 3 }],
    ['the next number, of another file', place(5), place(6, OTHER), 2, { kind: 'next' }],
    ['the next of another row with numbers of its own', place(5), place(78, OTHER), 77, { kind: 'next' }],
    ['another row that has gone on', place(5), place(78, OTHER), 70, { kind: 'jump' }],
    ['another row that was never seen', place(5), place(78, OTHER), undefined, { kind: 'jump' }],
    ['a lower number', place(5), place(3), undefined, { kind: 'next' }],
    ['a lower number of another row', place(5), place(3, OTHER), undefined, { kind: 'next' }],
  ])('knows %s', (_, before, now, beforeInRow, step) => {
    expect(stepBetween(before, now, beforeInRow)).toEqual(step);
  });
});

describe('firstStep', () => {
  it.each([
    ['the message that it was to begin with', place(5), { kind: 'seen' }],
    ['the one after it', place(6), { kind: 'next' }],
    ['the one after it, of another file', place(6, OTHER), { kind: 'next' }],
    ['a later one', place(9), { kind: 'gap', missed: 3 }],
    ['one of another row, of which nobody knows', place(78, OTHER), { kind: 'gap', missed: 0 }],
    ['one with a lower number', place(3), { kind: 'gap', missed: 0 }],
  ])('knows a reader that begins with %s', (_, now, step) => {
    expect(firstStep(place(5), now)).toEqual(step);
  });
});

describe('isReadBy', () => {
  it.each([
    [place(5), place(5), true],
    [place(5), place(6), true],
    [place(6), place(5), false],
    [place(5), place(900, { row: OTHER_ROW, identity: 5 }), true],
    [place(5), place(900, { row: OTHER_ROW }), false],
  ])('knows whether %j was read at %j: %s', (message, at, read) => {
    expect(isReadBy(message, at)).toBe(read);
  });
});
