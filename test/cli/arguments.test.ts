import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../src/cli/arguments.ts';

/** Every command, in its order. */
const COMMANDS =
  'there are serve, check, units, gpu, doctor, probe, polkit, schema, rules, pause, resume, logs, audit and repairs';

const words = (line: string) => line.split(' ').filter((word) => word !== '');

const SERVE = {
  kind: 'serve',
  configFile: undefined,
  webConfigFile: undefined,
  only: undefined,
  logFormat: undefined,
};

const UNITS = { kind: 'units', patterns: [], all: false, json: false, watch: false, interval: undefined };

const DOCTOR = { kind: 'doctor', configFile: undefined, json: false, inventory: false };

const GPU = { kind: 'gpu', configFile: undefined, json: false, watch: false, interval: undefined };

const LOGS = {
  kind: 'logs',
  units: ['a'],
  user: undefined,
  since: undefined,
  priority: undefined,
  lines: undefined,
  follow: false,
  json: false,
};

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
    ['polkit fettle.yml', { kind: 'polkit', file: 'fettle.yml', user: 'fettle' }],
    ['polkit --user repair-bot fettle.yml', { kind: 'polkit', file: 'fettle.yml', user: 'repair-bot' }],
    ['schema', { kind: 'schema' }],
    ['rules', { kind: 'rules', configFile: undefined, group: undefined }],
    ['rules -c f.yml --group gpu', { kind: 'rules', configFile: 'f.yml', group: 'gpu' }],
    ['units', UNITS],
    ['units nginx comfyui@* *.timer', { ...UNITS, patterns: ['nginx', 'comfyui@*', '*.timer'] }],
    ['units -- -.mount', { ...UNITS, patterns: ['-.mount'] }],
    ['units --all --json', { ...UNITS, all: true, json: true }],
    ['units -aw', { ...UNITS, all: true, watch: true }],
    ['--json units a', { ...UNITS, patterns: ['a'], json: true }],
    ['units --watch --interval 5s', { ...UNITS, watch: true, interval: '5s' }],
    ['doctor', DOCTOR],
    ['doctor --json -c fettle.yml', { ...DOCTOR, json: true, configFile: 'fettle.yml' }],
    ['doctor --inventory --json', { ...DOCTOR, json: true, inventory: true }],
    ['gpu', GPU],
    ['gpu --json -c fettle.yml', { ...GPU, json: true, configFile: 'fettle.yml' }],
    ['gpu -w --interval 5s', { ...GPU, watch: true, interval: '5s' }],
    ['logs a', LOGS],
    [
      'logs a b --since 1h -p err -n 5 -f --json --user alice',
      {
        ...LOGS,
        units: ['a', 'b'],
        since: '1h',
        priority: 'err',
        lines: '5',
        follow: true,
        json: true,
        user: 'alice',
      },
    ],
    ['probe', { kind: 'probe', name: undefined, configFile: undefined, json: false }],
    ['probe a -c f.yml --json', { kind: 'probe', name: 'a', configFile: 'f.yml', json: true }],
    ['--version', { kind: 'version' }],
    ['-v', { kind: 'version' }],
    ['serve --version', { kind: 'version' }],
    ['--help', { kind: 'help', topic: undefined }],
    ['-h', { kind: 'help', topic: undefined }],
    ['help', { kind: 'help', topic: undefined }],
    ['help serve', { kind: 'help', topic: 'serve' }],
    ['serve --help', { kind: 'help', topic: 'serve' }],
    ['help units', { kind: 'help', topic: 'units' }],
    ['help gpu', { kind: 'help', topic: 'gpu' }],
    ['units a --help', { kind: 'help', topic: 'units' }],
    ['check -h', { kind: 'help', topic: 'check' }],
  ])('understands "%s"', (line, command) => {
    expect(parseCommand(words(line))).toEqual(command);
  });

  it.each([
    ['', `expected a command; ${COMMANDS}`],
    ['--config fettle.yml', `expected a command; ${COMMANDS}`],
    ['start', `unknown command start; ${COMMANDS}`],
    ['Serve', `unknown command Serve; ${COMMANDS}`],
    ['serve fettle.yml', 'serve takes no fettle.yml; a configuration is given with --config FILE'],
    ['serve --only both', '--only: expected exporter or remediator; got both'],
    ['serve --only=', '--only: expected exporter or remediator; got '],
    ['serve --log-format xml', '--log-format: expected json or text; got xml'],
    ['serve --web.config.file=', '--web.config.file: expected a file; got nothing'],
    ['probe a b', 'probe takes one name: fettle probe NAME'],
    ['serve --json', 'serve takes no --json'],
    ['serve -w', 'serve takes no --watch'],
    ['units --config f.yml', 'units takes no --config'],
    ['units --interval 5s', '--interval goes with --watch'],
    ['gpu 0', 'gpu takes no 0; it shows all GPUs'],
    ['gpu --all', 'gpu takes no --all'],
    ['doctor box', 'doctor takes no box; a configuration is given with --config FILE'],
    ['doctor --watch', 'doctor takes no --watch'],
    ['gpu --inventory', 'gpu takes no --inventory'],
    ['gpu --interval 5s', '--interval goes with --watch'],
    ['logs', 'logs takes units: fettle logs UNIT...'],
    ['logs a --watch', 'logs takes no --watch'],
    ['units --follow', 'units takes no --follow'],
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
