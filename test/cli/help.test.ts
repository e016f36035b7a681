import { describe, expect, it } from 'vitest';
import { helpText } from '../../src/cli/help.ts';

describe('helpText', () => {
  it.each([
    [undefined, ['serve', 'check', 'help', '-h, --help', '-v, --version', 'Exit codes']],
    [
      'serve',
      [
        '-c, --config FILE',
        '--only HALF',
        '--only exporter|remediator',
        '--log-format json|text',
        'SIGHUP',
        'SIGTERM',
        'DBUS_SYSTEM_BUS_ADDRESS',
        'STATE_DIRECTORY',
        '127.0.0.1:10558',
        '127.0.0.1:10559',
      ],
    ],
    ['check', ['fettle check FILE', 'FILE:LINE:COLUMN', 'exit code']],
  ])('of %s mentions what there is to know', (topic, words) => {
    for (const word of words) expect(helpText(topic)).toContain(word);
  });

  it.each([undefined, 'serve', 'check'])('of %s fits a terminal and ends its last line', (topic) => {
    const lines = helpText(topic).split('\n');
    expect(lines.at(-1)).toBe('');
    expect(lines.filter((line) => line.length > 90 || line.endsWith(' '))).toEqual([]);
  });

  it('tells three different things', () => {
    expect(new Set([undefined, 'serve', 'check'].map(helpText)).size).toBe(3);
  });

  it('is the general one for a command that does not exist', () => {
    expect(helpText('reboot')).toBe(helpText(undefined));
  });
});
