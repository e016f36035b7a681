import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskMessages, maskSecrets } from '../../../src/sources/evidence/mask.ts';
import { anyText } from '../../fakes/any-text.ts';
import { anySecret, pemLines, SECRETS } from './any-secret.ts';

describe('masking', () => {
  it.each([
    ['password=hunter2 user=bob', 'password=[masked] user=bob'],
    ['{"token":"abc\\"def","x":1}', '{"token":"[masked]","x":1}'],
    ['{\\"password\\":\\"hunter2\\"}', '{\\"password\\":\\"[masked]\\"}'],
    ['Authorization: Bearer abc.def-ghi', 'Authorization: [masked]'],
    ['Set-Cookie: a=b; c=d\nnext', 'Set-Cookie: [masked]\nnext'],
    ['postgres://u:p/a@ss@h:5432/db', 'postgres://[masked]@h:5432/db'],
    ['fetch https://ghp_x@github.com/a', 'fetch https://[masked]@github.com/a'],
    ['run --api-key sk12 --port 80', 'run --api-key [masked] --port 80'],
    ['curl -u me:pw https://x?a=1&key=abc', 'curl -u [masked] https://x?a=1&key=[masked]'],
    ['DB_PASS="a b c" next', 'DB_PASS="[masked]" next'],
    ['password=[masked]hunter2', 'password=[masked]'],
    ['id AKIAIOSFODNN7EXAMPLE.', 'id [masked]'],
    ['secret wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY, ok', 'secret [masked], ok'],
    [
      'x -----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc=\n-----END RSA PRIVATE KEY-----\nok',
      'x [masked]\n[masked]\n[masked]\n[masked]\nok',
    ],
  ])('hides the secret in %j', (text, masked) => {
    expect(maskSecrets(text)).toBe(masked);
  });

  it.each([
    'prompt_tokens=34 max_tokens: 4096, 100 tokens/s',
    'Failed password for root from 1.2.3.4 port 22',
    'commit 0123456789abcdef0123456789abcdef01234567',
    'task-monitor-of-something-long.service: exited',
    'http://127.0.0.1:8000/v1/models 200',
    'CUDA out of memory. Tried to allocate 2.00 GiB',
    'author=bob compass: north tokenizer=/models/x',
    '',
    '\n\n',
  ])('leaves alone what is none: %j', (text) => {
    expect(maskSecrets(text)).toBe(text);
  });

  it.each(Object.keys(SECRETS))('never lets a planted secret through: %s', (kind) => {
    const around = fc.string({ unit: 'grapheme', maxLength: 60 });
    fc.assert(
      fc.property(anySecret(kind), around, around, ({ text, secrets }, before, after) => {
        const masked = maskSecrets(`${before} ${text} ${after}`);
        for (const secret of secrets) expect(masked).not.toContain(secret);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps the lines of a text', () => {
    const kinds = Object.keys(SECRETS);
    const texts = fc.array(
      fc.oneof(anyText(), ...kinds.map((kind) => anySecret(kind).map(({ text }) => text))),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(texts, (parts) => {
        const text = parts.join('\n');
        expect(maskSecrets(text).split('\n')).toHaveLength(text.split('\n').length);
      }),
      { numRuns: 200 },
    );
  });

  it('hides a key that was written line by line, also where its beginning or its end is missing', () => {
    fc.assert(
      fc.property(pemLines(), fc.nat(5), fc.nat(5), (lines, fromStart, fromEnd) => {
        const texts = ['before it all.', ...lines.slice(fromStart, lines.length - fromEnd), 'after it all.'];
        const masked = maskMessages(texts);
        expect(masked).toHaveLength(texts.length);
        expect([masked[0], masked.at(-1)]).toEqual(['before it all.', 'after it all.']);
        const body = lines.slice(1, -1).filter((line) => line.length >= 60);
        for (const line of body) expect(masked.join('\n')).not.toContain(line);
      }),
    );
    const whole = [
      'a',
      '-----BEGIN EC PRIVATE KEY-----',
      'api | MHcCAQEE',
      'c2hvcnQ=',
      '-----END EC PRIVATE KEY-----',
      'b',
    ];
    expect(maskMessages(whole)).toEqual(['a', '[masked]', '[masked]', '[masked]', '[masked]', 'b']);
    expect(maskMessages(['MHcC\nAQEE', '-----END PRIVATE KEY-----\nb'])).toEqual([
      '[masked]\n[masked]',
      '[masked]\nb',
    ]);
  });

  it('gives messages back one by one', () => {
    const texts = fc.array(fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[=:-]/g, '')));
    fc.assert(
      fc.property(texts, (all) => {
        expect(maskMessages(all)).toHaveLength(all.length);
      }),
    );
    expect(maskMessages(['a\nb', '', 'c'])).toEqual(['a\nb', '', 'c']);
  });
});

/** Texts that make a careless expression look at each character again and again. */
const HARD: Readonly<Record<string, string>> = {
  letters: 'a',
  dashes: '-',
  spaces: ' ',
  breaks: '\n',
  backslashes: '\\',
  schemes: '://',
  users: '://:',
  names: 'password',
  'names and values': 'password=',
  'open quotes': 'token="',
  headers: 'authorization:',
  'masked headers': 'authorization:[masked] ',
  jwts: 'eyJ',
  bearers: 'bearer ',
  flags: '--a',
  'beginnings of keys': '-----BEGIN PRIVATE KEY-----\n',
  'ends of keys': '-----END PRIVATE KEY-----\n',
  'lines of keys': `${'A'.repeat(64)}\n`,
  akia: 'AKIA',
};

describe('masking of 256 KiB', () => {
  // With work that grows with the square it would take hours, and the test run into its limit.
  it.each(Object.keys(HARD))('ends soon on %s', (name) => {
    const piece = HARD[name] ?? '';
    const text = piece.repeat(Math.ceil((256 * 1024) / piece.length));
    const since = performance.now();
    expect(maskSecrets(text).length).toBeGreaterThan(0);
    console.info(`masking 256 KiB of ${name}: ${(performance.now() - since).toFixed(0)} ms`);
  });
});
