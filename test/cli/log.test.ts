import { afterEach, describe, expect, it, vi } from 'vitest';
import { createLog } from '../../src/cli/log.ts';

function textOf(fields: Readonly<Record<string, unknown>>): string {
  const written: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    written.push(String(chunk));
    return true;
  });
  createLog('text').warn(fields, 'collector failed');
  return written.join('');
}

describe('a line of the log as text', () => {
  afterEach(() => vi.restoreAllMocks());

  it('has time, level, message and fields', () => {
    const line = textOf({ collector: 'thermal', seconds: 1.5, err: 'no such file' });
    expect(line).toMatch(
      /^\d\d:\d\d:\d\d warn {2}collector failed {2}collector=thermal {2}seconds=1\.5 {2}err="no such file"\n$/,
    );
  });

  it.each([
    ['an escape sequence', '\u001b[2J', 'unit="\\u001b[2J"'],
    ['a control character of Latin-1', '\u009b2J', 'unit="\\u009b2J"'],
    ['a right-to-left override', '\u202eecivres', 'unit="\\u202eecivres"'],
    ['a newline', 'a\nb', 'unit="a\\nb"'],
    ['a quote', 'a"b', 'unit="a\\"b"'],
    ['an equals sign', 'a=b', 'unit="a=b"'],
    ['nothing', '', 'unit=""'],
  ])('shows %s without letting it steer the terminal', (_what, unit, shown) => {
    expect(textOf({ unit })).toContain(`  ${shown}\n`);
  });
});
