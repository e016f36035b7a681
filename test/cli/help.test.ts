import { describe, expect, it } from 'vitest';
import { helpText } from '../../src/cli/help.ts';

describe('helpText', () => {
  it.each([
    [
      undefined,
      [
        'serve',
        'check',
        'units',
        'gpu',
        'doctor',
        'logs',
        'help',
        '-h, --help',
        '-v, --version',
        'Exit codes',
      ],
    ],
    [
      'serve',
      [
        '-c, --config FILE',
        '--web.config.file FILE',
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
    ['check', ['fettle check FILE', 'FILE:LINE:COLUMN', 'exit code', 'warning:']],
    ['polkit', ['fettle polkit FILE', '--user NAME', 'set-property', '/etc/polkit-1/rules.d/', 'Exit codes']],
    ['schema', ['fettle schema', 'yaml-language-server']],
    [
      'rules',
      ['--config FILE', '--group NAME', 'unit_memory_ratio', 'thresholds.rules.yml', '\\\n', 'Exit codes'],
    ],
    ['pause', ['--reason TEXT', '--for DURATION', 'nothing is put back', 'Where there is no ledger']],
    ['repairs', ['evidence beside the ledger', 'evidenceFile', 'ID-STEP.json']],
    ['audit', ['SHA-256', 'evidence that somebody has deleted']],
    [
      'units',
      [
        'PATTERN',
        '-a, --all',
        '--json',
        '-w, --watch',
        '--interval DURATION',
        'DBUS_SYSTEM_BUS_ADDRESS',
        'NO_COLOR',
        'Exit codes',
      ],
    ],
    [
      'logs',
      [
        'UNIT',
        '--since',
        '--priority',
        '--lines',
        '--follow',
        '--json',
        '--user',
        'systemd-journal',
        'Exit codes',
      ],
    ],
    ['doctor', ['--json', '-c, --config FILE', 'STATE_DIRECTORY', 'NO_COLOR', 'fileSystems', 'Exit codes']],
    ['probe', ['fettle probe [NAME]', '--config FILE', '--json', '/etc/fettle/fettle.yml', 'Exit codes']],
    [
      'gpu',
      ['--json', '-w, --watch', '--interval DURATION', '-c, --config FILE', 'PATH', 'NO_COLOR', 'Exit codes'],
    ],
  ])('of %s mentions what there is to know', (topic, words) => {
    for (const word of words) expect(helpText(topic)).toContain(word);
  });

  it.each([
    undefined,
    'serve',
    'check',
    'polkit',
    'schema',
    'rules',
    'units',
    'gpu',
    'logs',
    'pause',
    'resume',
    'repairs',
    'audit',
  ])('of %s fits a terminal and ends its last line', (topic) => {
    const lines = helpText(topic).split('\n');
    expect(lines.at(-1)).toBe('');
    expect(lines.filter((line) => line.length > 90 || line.endsWith(' '))).toEqual([]);
  });

  it('tells different things', () => {
    expect(
      new Set([undefined, 'serve', 'check', 'polkit', 'schema', 'units', 'gpu', 'logs'].map(helpText)).size,
    ).toBe(8);
  });

  it('is the general one for a command that does not exist', () => {
    expect(helpText('reboot')).toBe(helpText(undefined));
  });
});
