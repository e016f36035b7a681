import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { messageJson, messageLine } from '../../../src/cli/logs/line.ts';
import { printableText } from '../../../src/cli/logs/printable.ts';
import type { JournalMessage } from '../../../src/domain/journal.ts';
import { anyText } from '../../fakes/any-text.ts';

const MESSAGE: JournalMessage = {
  seconds: new Date(2026, 10, 21, 8, 5, 7, 42).getTime() / 1000,
  unit: 'comfyui@a.service',
  uid: undefined,
  priority: 'err',
  identifier: 'python',
  pid: 4711,
  text: 'CUDA out of memory',
};

const PLAIN = { colours: false, units: false };
const line = (more: Partial<JournalMessage>, style = PLAIN) => messageLine({ ...MESSAGE, ...more }, style);

describe('messageLine', () => {
  it.each([
    [{}, PLAIN, '2026-11-21 08:05:07.042  err      python[4711]: CUDA out of memory'],
    [
      {},
      { colours: false, units: true },
      '2026-11-21 08:05:07.042  err      comfyui@a.service python[4711]: CUDA out of memory',
    ],
    [
      {},
      { colours: true, units: false },
      '2026-11-21 08:05:07.042  \u001b[31merr    \u001b[0m  python[4711]: \u001b[31mCUDA out of memory\u001b[0m',
    ],
    [
      { priority: undefined, pid: undefined, identifier: '', text: 'one\r\ntwo\nthree\n' },
      { colours: true, units: true },
      '2026-11-21 08:05:07.042  -        comfyui@a.service -: one\n    two\n    three',
    ],
  ])('shows %j as %j', (more, style, shown) => {
    expect(line(more, style)).toBe(shown);
  });

  it('cuts what is long, and says so', () => {
    expect(line({ text: 'x'.repeat(16_390) })).toMatch(/x{16384} \.\.\. \(6 characters more, see --json\)$/);
  });

  it('lets no name and no message steer a terminal, or begin a line of its own', () => {
    fc.assert(
      fc.property(anyText(), anyText(), anyText(), (text, identifier, unit) => {
        const shown = line({ text, identifier, unit }, { colours: false, units: true });
        expect(shown).not.toMatch(/[^\P{C}\t\n]|[\p{Zl}\p{Zp}]/u);
        expect(
          shown
            .split('\n')
            .slice(1)
            .every((one) => one.startsWith('    ')),
        ).toBe(true);
      }),
    );
  });
});

describe('printableText', () => {
  it.each([
    ['naïve 日本語 😀\t|', 'naïve 日本語 😀\t|'],
    ['\u001b[1;31mred\u001b[0m', 'red'],
    ['\u001b[2J\u001b]0;title\u0007', '\\u001b[2J\\u001b]0;title\\u0007'],
    ['\u009b2J', '\\u009b2J'],
    ['abc\rxyz', 'abc\\u000dxyz'],
    ['\u202egnp.exe', '\\u202egnp.exe'],
    ['\u2028', '\\u2028'],
    ['\ud800', '\\ud800'],
    ['\u{e0041}', '\\u{e0041}'],
  ])('shows %j as %s', (text, shown) => {
    expect(printableText(text)).toBe(shown);
  });
});

describe('messageJson', () => {
  const json = (more: Partial<JournalMessage>) =>
    messageJson({ ...MESSAGE, ...more }, (uid) => `user-${uid}`);

  it('has base units, and leaves out what is not known', () => {
    expect(JSON.parse(json({ uid: 7 }))).toEqual({
      timestampSeconds: MESSAGE.seconds,
      unit: 'comfyui@a.service',
      user: 'user-7',
      priority: 'err',
      identifier: 'python',
      pid: 4711,
      message: 'CUDA out of memory',
    });
    const bare = { unit: '', priority: undefined, identifier: '', pid: undefined, text: '' };
    expect(JSON.parse(json(bare))).toEqual({ timestampSeconds: MESSAGE.seconds, message: '' });
  });

  it('is one line of printable ASCII that says what the message says', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        expect(json({ text })).toMatch(/^[ -~]*$/);
        expect(JSON.parse(json({ text })).message).toBe(text);
      }),
    );
  });
});
