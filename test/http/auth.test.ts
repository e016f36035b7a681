import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTokenCheck } from '../../src/http/auth.ts';

describe('createTokenCheck', () => {
  it.each(['Bearer s3cret', 'bearer s3cret', 'BEARER   s3cret', 'Bearer s3cret  '])(
    'lets "%s" pass',
    (header) => {
      expect(createTokenCheck('s3cret\n')(header)).toBe(true);
    },
  );

  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    's3cret',
    'Bearers3cret',
    'Bearer s3cre',
    'Bearer s3crett',
    'Bearer S3CRET',
    'Bearer other s3cret',
    'Bearer s3cret other',
    'Basic s3cret',
    'Basic Bearer s3cret',
    'Bearer "s3cret"',
  ])('lets "%s" not pass', (header) => {
    expect(createTokenCheck('s3cret\n')(header)).toBe(false);
  });

  it('takes any token of several, the space around them and empty lines left out', () => {
    const check = createTokenCheck('\n  old \r\n\r\n\tnew\n\n');
    expect(['old', 'new', ''].map((token) => check(`Bearer ${token}`))).toEqual([true, true, false]);
  });

  it.each(['', '\n', ' \r\n\t\n'])('lets nobody pass where the file %j holds no token', (file) => {
    const check = createTokenCheck(file);
    expect([undefined, '', 'Bearer', 'Bearer ', 'Bearer x'].map(check)).toEqual(Array(5).fill(false));
  });

  it('lets pass who has one of the tokens, and nobody else', () => {
    const token = fc.stringMatching(/^[!-~]{1,40}$/);
    fc.assert(
      fc.property(fc.array(token, { maxLength: 4 }), token, (tokens, given) => {
        const check = createTokenCheck(tokens.join('\n'));
        expect(check(`Bearer ${given}`)).toBe(tokens.includes(given));
        for (const one of tokens) expect(check(`Bearer ${one}`)).toBe(true);
      }),
    );
  });
});
