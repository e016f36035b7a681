import { describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { formatProblem } from '../../src/config/explain.ts';
import { loadConfig } from '../../src/config/load.ts';

function problemsOf(text: string): readonly string[] {
  const loaded = loadConfig(text);
  return loaded.ok ? [] : loaded.problems.map((problem) => formatProblem('f.yml', problem));
}

function configOf(text: string): Config {
  const loaded = loadConfig(text);
  if (!loaded.ok) throw new Error(problemsOf(text).join('\n'));
  return loaded.config;
}

const withDaemon = (keys: string) => `daemons:\n  - {name: runner, pid_file: /run/runner.pid, ${keys}}\n`;

describe('exporter.launchd', () => {
  it('is read on macOS, in the own domain, without the jobs of Apple', () => {
    const { launchd } = configOf('').exporter;
    expect(launchd).toMatchObject({
      enabled: undefined,
      path: '/bin/launchctl',
      domains: [],
      intervalMs: 15_000,
    });
    expect(['com.example.x', 'com.apple.x', 'application.x.1'].map(launchd.includesLabel)).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('is read as it is written', () => {
    const text = `exporter:
  launchd: {enabled: true, domains: [system, gui/501, system], include: "com[.]example[.].+", interval: 1m}\n`;
    const { launchd } = configOf(text).exporter;
    expect(launchd).toMatchObject({ enabled: true, domains: ['system', 'gui/501'], intervalMs: 60_000 });
    expect(launchd.includesLabel('com.example.x')).toBe(true);
    expect(launchd.includesLabel('org.example.x')).toBe(false);
  });

  it.each(['-k', 'gui/', 'gui/abc', 'pid/1', 'system/x', 'login/100'])('takes no domain %j', (domain) => {
    expect(problemsOf(`exporter: {launchd: {domains: ["${domain}"]}}`)).toEqual([
      'f.yml:1:32: exporter.launchd.domains[0]: expected a domain of launchd: system, gui/501 or user/501, with the number of a user',
    ]);
  });

  it.each([
    ['interval: 0s', 'expected at least 1s'],
    ['path: launchctl', 'expected an absolute path, one that starts with /'],
    ['enabled: maybe', 'expected true or false'],
    ['labels: []', 'unknown key; remove it or mend its spelling'],
  ])('says what is wrong with %s', (text, message) => {
    expect(problemsOf(`exporter: {launchd: {${text}}}`)).toEqual([expect.stringContaining(message)]);
  });
});

describe('daemons', () => {
  it('are none unless they are written', () => {
    expect(configOf('').daemons).toEqual([]);
  });

  it('have times to start and stop, and nothing that is not written', () => {
    expect(configOf(withDaemon('start: [/opt/runner/ctl, start]')).daemons).toEqual([
      {
        name: 'runner',
        pidFile: '/run/runner.pid',
        statusFile: undefined,
        commands: {
          start: ['/opt/runner/ctl', 'start'],
          stop: undefined,
          restart: undefined,
          status: undefined,
        },
        stopSignal: undefined,
        user: undefined,
        startTimeoutMs: 30_000,
        stopTimeoutMs: 30_000,
      },
    ]);
  });

  it('are read as they are written', () => {
    const text = withDaemon(
      'stop_signal: SIGINT, user: runner, process_name: runner, start_timeout: 2m, stop_timeout: 2m, ' +
        'status_file: {path: /run/s.json, max_age: 1m, state: {one_of: [ok]}, values: {queue: /q/n}}',
    );
    expect(configOf(text).daemons).toMatchObject([
      {
        stopSignal: 'SIGINT',
        user: 'runner',
        processName: 'runner',
        stopTimeoutMs: 120_000,
        statusFile: {
          maxAgeSeconds: 60,
          state: { pointer: '/state', oneOf: ['ok'] },
          values: { queue: '/q/n' },
        },
      },
    ]);
  });

  it.each([
    ['start: ctl start', 'expected a list'],
    ['start: [ctl, start]', 'expected the whole path of a program'],
    ['start: []', 'expected'],
    ['stop: [/ctl], stop_signal: SIGTERM', 'expected stop or stop_signal, not both'],
    ['stop_signal: 9', 'expected one of SIGTERM'],
    ['start_timeout: 5m', 'expected a duration from 1ms to 4m'],
    ['start_timeout: 3m, stop_timeout: 2m', 'expected start_timeout and stop_timeout to be 4m together'],
    ['process_name: /opt/runner', 'expected the name of a program'],
    ['user: "a b"', 'expected the name of a user'],
    ['status_file: {path: s.json}', 'expected an absolute path'],
    ['restart_command: x', 'unknown key'],
  ])('say what is wrong with %s', (keys, message) => {
    expect(problemsOf(withDaemon(keys)).join('\n')).toContain(message);
  });

  it.each(['-k', 'A', 'a b', '', '../x', 'a/b'])('take no name %j', (name) => {
    expect(problemsOf(`daemons: [{name: "${name}", pid_file: /run/x.pid}]`).join('\n')).toContain(
      'expected a name of small letters',
    );
  });

  it('have a name of their own', () => {
    const one = '{name: a, pid_file: /run/a.pid}';
    expect(problemsOf(`daemons: [${one}, ${one}]`)).toEqual([
      'f.yml:1:51: daemons[1].name: expected a name of its own; a is taken by an earlier daemon',
    ]);
  });
});
