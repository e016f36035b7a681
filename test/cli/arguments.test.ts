import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../src/cli/arguments.ts';

const words = (line: string) => line.split(' ').filter((word) => word !== '');

const SERVE = {
  kind: 'serve',
  configFile: undefined,
  webConfigFile: undefined,
  only: undefined,
  logFormat: undefined,
};

const UNITS = { kind: 'units', patterns: [], all: false, json: false, watch: false, interval: undefined };

describe('parseCommand', () => {
  it.each([
    ['serve', SERVE],
    ['serve --config /etc/fettle.yml', { ...SERVE, configFile: '/etc/fettle.yml' }],
    ['serve --config=/etc/fettle.yml', { ...SERVE, configFile: '/etc/fettle.yml' }],
    ['serve -c /etc/fettle.yml', { ...SERVE, configFile: '/etc/fettle.yml' }],
    ['-c /etc/fettle.yml serve', { ...SERVE, configFile: '/etc/fettle.yml' }],
    ['serve --only exporter', { ...SERVE, only: 'exporter' }],
    ['serve --only remediator', { ...SERVE, only: 'remediator' }],
    ['serve --log-format json', { ...SERVE, logFormat: 'json' }],
    ['serve --log-format text', { ...SERVE, logFormat: 'text' }],
    [
      'serve -c f.yml --only exporter --log-format text',
      { ...SERVE, configFile: 'f.yml', only: 'exporter', logFormat: 'text' },
    ],
    ['serve --web.config.file web.yml', { ...SERVE, webConfigFile: 'web.yml' }],
    ['serve --web.config.file=web.yml -c f.yml', { ...SERVE, configFile: 'f.yml', webConfigFile: 'web.yml' }],
    ['check fettle.yml', { kind: 'check', file: 'fettle.yml' }],
    ['check -- -strange.yml', { kind: 'check', file: '-strange.yml' }],
    ['units', UNITS],
    ['units nginx comfyui@* *.timer', { ...UNITS, patterns: ['nginx', 'comfyui@*', '*.timer'] }],
    ['units -- -.mount', { ...UNITS, patterns: ['-.mount'] }],
    ['units --all --json', { ...UNITS, all: true, json: true }],
    ['units -aw', { ...UNITS, all: true, watch: true }],
    ['--json units a', { ...UNITS, patterns: ['a'], json: true }],
    ['units --watch --interval 5s', { ...UNITS, watch: true, interval: '5s' }],
    ['--version', { kind: 'version' }],
    ['-v', { kind: 'version' }],
    ['serve --version', { kind: 'version' }],
    ['--help', { kind: 'help', topic: undefined }],
    ['-h', { kind: 'help', topic: undefined }],
    ['help', { kind: 'help', topic: undefined }],
    ['help serve', { kind: 'help', topic: 'serve' }],
    ['serve --help', { kind: 'help', topic: 'serve' }],
    ['help units', { kind: 'help', topic: 'units' }],
    ['units a --help', { kind: 'help', topic: 'units' }],
    ['check -h', { kind: 'help', topic: 'check' }],
  ])('understands "%s"', (line, command) => {
    expect(parseCommand(words(line))).toEqual(command);
  });

  it.each([
    ['', 'expected a command; there are serve, check and units'],
    ['--config fettle.yml', 'expected a command; there are serve, check and units'],
    ['start', 'unknown command start; there are serve, check and units'],
    ['Serve', 'unknown command Serve; there are serve, check and units'],
    ['serve fettle.yml', 'serve takes no fettle.yml; a configuration is given with --config FILE'],
    ['serve --only both', '--only: expected exporter or remediator; got both'],
    ['serve --only=', '--only: expected exporter or remediator; got '],
    ['serve --log-format xml', '--log-format: expected json or text; got xml'],
    ['serve --web.config.file=', '--web.config.file: expected a file; got nothing'],
    ['serve --json', 'serve takes no --json'],
    ['serve -w', 'serve takes no --watch'],
    ['units --config f.yml', 'units takes no --config'],
    ['units --interval 5s', '--interval goes with --watch'],
    ['check', 'check takes one file: fettle check FILE'],
    ['check a.yml b.yml', 'check takes one file: fettle check FILE'],
    ['check a.yml --config b.yml', 'check takes no --config'],
    ['check a.yml --only exporter', 'check takes no --only'],
    ['check a.yml --log-format json', 'check takes no --log-format'],
  ])('objects to "%s"', (line, problem) => {
    expect(parseCommand(words(line))).toEqual({ kind: 'usage', problem });
  });

  it.each([
    ['serve --verbose', '--verbose'],
    ['serve -x', '-x'],
    ['serve --config', '--config'],
    ['serve --only', '--only'],
    ['units --interval', '--interval'],
    ['units --colour', '--colour'],
    ['serve --help=yes', '--help'],
    ['serve --config --only', '--config'],
  ])('names what is wrong with "%s"', (line, option) => {
    expect(parseCommand(words(line))).toEqual({ kind: 'usage', problem: expect.stringContaining(option) });
  });
});
