import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePrint } from '../../../src/host/launchctl/print.ts';
import { anyText } from '../../fakes/any-text.ts';

const CAPTURES = join(import.meta.dirname, '../../captures/launchd');
const SAMPLES = join(import.meta.dirname, '../../../../shared/samples/launchd');

/** What was recorded, where it is; it is no part of the project. */
const RECORDED = existsSync(SAMPLES)
  ? [
      ['print-gui-running', { state: 'running', pid: 1478, runs: 1, isOnDemand: false }] as const,
      ['print-gui-crashloop-spawn-scheduled', { state: 'spawn scheduled', runs: 17_169 }] as const,
      ['print-gui-ex_config-78', { runs: 22_138, lastExitCode: 78, jobState: 'spawn failed' }] as const,
      ['print-gui-interval-not-running-full', { state: 'not running', isOnDemand: true }] as const,
    ]
  : [];

const parsed = (capture: string) =>
  parsePrint('gui/501', 'com.example.x', readFileSync(join(CAPTURES, `${capture}.txt`), 'utf8'));

const NOTHING = {
  domain: 'gui/501',
  label: 'com.example.x',
  state: undefined,
  jobState: undefined,
  pid: undefined,
  runs: undefined,
  lastExitCode: undefined,
  lastSignal: undefined,
  program: undefined,
  plist: undefined,
  isOnDemand: false,
};

describe('parsePrint', () => {
  it('believes keys at one tab alone, not those of sections', () => {
    expect(parsed('print-running')).toEqual({
      ...NOTHING,
      state: 'running',
      jobState: 'running',
      pid: 1478,
      runs: 3,
      program: '/opt/homebrew/bin/ray',
      plist: '/Users/tester/Library/LaunchAgents/com.example.ray-head.plist',
      isOnDemand: false,
    });
  });

  it.each([
    ['print-crash-loop', { state: 'spawn scheduled', runs: 17_025, lastExitCode: 1, lastSignal: undefined }],
    [
      'print-config-error',
      { state: 'spawn scheduled', jobState: 'spawn failed', lastExitCode: 78, plist: undefined },
    ],
    ['print-timer', { state: 'not running', runs: 2, lastExitCode: 0, pid: undefined, isOnDemand: true }],
    ['print-calendar', { state: 'not running', runs: 41, isOnDemand: true }],
    ['print-on-demand', { state: 'not running', runs: 7, isOnDemand: true }],
    ['print-killed', { state: 'not running', lastSignal: 9, lastExitCode: undefined }],
  ])('understands %s', (capture, job) => {
    expect(parsed(capture)).toMatchObject(job);
  });

  it.each([
    ['an unknown state', '\tstate = dancing\n', { state: 'other' }],
    ['what has never ended', '\tlast exit code = (never exited)\n', { lastExitCode: undefined }],
    ['a number that is none', '\tpid = 12x\n\truns = -1\n', { pid: undefined, runs: undefined }],
    ['a pid of 0', '\tpid = 0\n', { pid: undefined }],
    ['a key twice', '\truns = 1\n\truns = 2\n', { runs: 1 }],
    ['a section of that name', '\tpid = {\n\t\t9\n\t}\n\tpid = 4\n', { pid: 4 }],
    ['an interval', '\trun interval = 60 seconds\n', { isOnDemand: true }],
    ['sections without triggers', '\tevent triggers = {\n\t}\n\tsockets = {\n\t}\n', {}],
    ['a socket', '\tsockets = {\n\t\t"x" = {\n\t\t}\n\t}\n', { isOnDemand: true }],
    ['what is kept alive, too', '\trun interval = 1 seconds\n\tproperties = keepalive | runatload\n', {}],
    ['what is kept alive if it fails', '\trun interval = 1 seconds\n\tsemaphores = {\n\t\tx => 0\n\t}\n', {}],
    ['a signal without a number', '\tlast terminating signal = Killed\n', { lastSignal: undefined }],
    ['ends of lines of another system', '\tstate = running\r\n\tpid = 5\r\n', { state: 'running', pid: 5 }],
  ])('tells of %s', (_what, lines, job) => {
    expect(parsePrint('gui/501', 'com.example.x', `gui/501/com.example.x = {\n${lines}}\n`)).toEqual({
      ...NOTHING,
      ...job,
    });
  });

  it.each(['', 'garbage', '\tstate = running\n', '{}'])('finds no job in %j', (text) => {
    expect(parsePrint('system', 'x', text)).toBeUndefined();
  });

  it('gives numbers and words of its own for any text', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        const job = parsePrint('system', 'x', `system/x = {\n\tpid = ${text}\n\tstate = ${text}\n}`);
        expect(job?.pid === undefined || Number.isSafeInteger(job.pid)).toBe(true);
      }),
    );
  });

  it.each(RECORDED)('understands %s, which was recorded', (sample, job) => {
    const text = readFileSync(join(SAMPLES, `${sample}.txt`), 'utf8');
    expect(parsePrint('gui/501', 'x', text)).toMatchObject(job);
  });
});
