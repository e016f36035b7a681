import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../src/cli/arguments.ts';

const words = (line: string) => line.split(' ').filter((word) => word !== '');

const SERVE = { kind: 'serve', configFile: undefined, only: undefined, logFormat: undefined };

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
      { kind: 'serve', configFile: 'f.yml', only: 'exporter', logFormat: 'text' },
    ],
    ['check fettle.yml', { kind: 'check', file: 'fettle.yml' }],
    ['check -- -strange.yml', { kind: 'check', file: '-strange.yml' }],
    ['--version', { kind: 'version' }],
    ['-v', { kind: 'version' }],
    ['serve --version', { kind: 'version' }],
    ['--help', { kind: 'help', topic: undefined }],
    ['-h', { kind: 'help', topic: undefined }],
    ['help', { kind: 'help', topic: undefined }],
    ['help serve', { kind: 'help', topic: 'serve' }],
    ['serve --help', { kind: 'help', topic: 'serve' }],
    ['check -h', { kind: 'help', topic: 'check' }],
  ])('understands "%s"', (line, command) => {
    expect(parseCommand(words(line))).toEqual(command);
  });

  it.each([
    ['', 'expected a command: serve or check'],
    ['--config fettle.yml', 'expected a command: serve or check'],
    ['start', 'unknown command start; there are serve and check'],
    ['Serve', 'unknown command Serve; there are serve and check'],
    ['serve fettle.yml', 'serve takes no fettle.yml; a configuration is given with --config FILE'],
    ['serve --only both', '--only: expected exporter or remediator; got both'],
    ['serve --only=', '--only: expected exporter or remediator; got '],
    ['serve --log-format xml', '--log-format: expected json or text; got xml'],
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
    ['serve --help=yes', '--help'],
    ['serve --config --only', '--config'],
  ])('names what is wrong with "%s"', (line, option) => {
    expect(parseCommand(words(line))).toEqual({ kind: 'usage', problem: expect.stringContaining(option) });
  });
});
