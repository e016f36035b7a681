import { describe, expect, it } from 'vitest';
import { Failure, messageOf } from '../../src/domain/errors.ts';

describe('messageOf', () => {
  it.each([
    ['an error', new TypeError('no such thing'), 'no such thing'],
    ['a failure', new Failure('timeout', 'asking systemd: no answer'), 'asking systemd: no answer'],
    ['a text', 'out of luck', 'out of luck'],
    ['nothing', undefined, 'undefined'],
  ])('is that of %s', (_, thrown, message) => {
    expect(messageOf(thrown)).toBe(message);
  });
});

describe('Failure', () => {
  it('carries its code, its name and its cause', () => {
    const cause = new Error('ENOSPC');
    expect(new Failure('unwritable', 'adding to x', { cause })).toMatchObject({
      name: 'Failure',
      code: 'unwritable',
      message: 'adding to x',
      cause,
    });
  });
});
