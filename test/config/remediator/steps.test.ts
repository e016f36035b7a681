import { describe, expect, it } from 'vitest';
import { ACTIONS } from '../../../src/domain/step.ts';
import { policyWith, problemsOf, stepsOf, withPolicy } from './problems.ts';

const USUAL = { waitSeconds: 60, onlyIf: [] };
const RESTART = { action: 'restart', also: [], evenIfActive: false, ...USUAL };
const LIMITS = { cpuQuota: undefined, memoryHigh: undefined, cpuWeight: undefined, ioWeight: undefined };

const run = (followUp: 'restart' | undefined) => ({
  action: 'run',
  unit: 'b.service',
  followUp,
  ...USUAL,
});

describe('steps', () => {
  it.each<readonly [string, unknown]>([
    ['[restart]', RESTART],
    ['[{restart: }]', RESTART],
    ['[{restart: {}}]', RESTART],
    ['[{restart: {also: [b.service, c.timer]}}]', { ...RESTART, also: ['b.service', 'c.timer'] }],
    ['[{restart: {even_if_active: true}, wait: 1m30s}]', { ...RESTART, evenIfActive: true, waitSeconds: 90 }],
    ['[start]', { action: 'start', ...USUAL }],
    ['[{stop: , wait: 0s}]', { action: 'stop', waitSeconds: 0, onlyIf: [] }],
    ['[reload]', { action: 'reload', ...USUAL }],
    ['[reset_failed]', { action: 'reset_failed', ...USUAL }],
    ['[{run: b.service}]', run(undefined)],
    ['[{run: b.service, then: restart}]', run('restart')],
    [
      '[{throttle: {CPUQuota: 50%, MemoryHigh: 2GiB, CPUWeight: 20, IOWeight: 10000}}]',
      {
        action: 'throttle',
        limits: { cpuQuota: 0.5, memoryHigh: 2 * 1024 ** 3, cpuWeight: 20, ioWeight: 10_000 },
        ...USUAL,
      },
    ],
    [
      '[{throttle: {CPUQuota: 10000%}}]',
      { action: 'throttle', limits: { ...LIMITS, cpuQuota: 100 }, ...USUAL },
    ],
    ['[{throttle: {CPUQuota: 1%}}]', { action: 'throttle', limits: { ...LIMITS, cpuQuota: 0.01 }, ...USUAL }],
    [
      '[{throttle: {MemoryHigh: 1048576}}]',
      { action: 'throttle', limits: { ...LIMITS, memoryHigh: 1024 ** 2 }, ...USUAL },
    ],
    [
      '[{power_mode: {unit: low.service}}]',
      { action: 'power_mode', unit: 'low.service', undo: undefined, ...USUAL },
    ],
    [
      '[{power_mode: {unit: low.service, undo: high.service}}]',
      { action: 'power_mode', unit: 'low.service', undo: 'high.service', ...USUAL },
    ],
    ['[{notify: look at the fans}]', { action: 'notify', message: 'look at the fans', ...USUAL }],
  ])('takes %s', (written, step) => {
    expect(stepsOf(written)).toEqual([step]);
  });

  it('takes every action that there is', () => {
    const written =
      '[restart, start, stop, reload, reset_failed, {run: b.service}, {throttle: {CPUWeight: 1}}, {power_mode: {unit: b.service}}, {notify: x}]';
    expect(stepsOf(written).map(({ action }) => action)).toEqual(ACTIONS);
  });

  it('is a restart where nothing is said', () => {
    expect(policyWith('').steps).toEqual([RESTART]);
  });

  it('keeps the order, also of two that are the same', () => {
    expect(stepsOf('[restart, restart, {stop: }]').map(({ action }) => action)).toEqual([
      'restart',
      'restart',
      'stop',
    ]);
  });

  it.each([
    ['gpu_temperature_celsius < 80', ['gpu_temperature_celsius < 80']],
    [
      "['gpu_temperature_celsius < 80', memory_available_bytes > 1GiB]",
      ['gpu_temperature_celsius < 80', 'memory_available_bytes > 1GiB'],
    ],
  ])('takes only_if: %s', (written, texts) => {
    expect(stepsOf(`[{stop: , only_if: ${written}}]`)[0]?.onlyIf.map(({ text }) => text)).toEqual(texts);
  });

  it.each([
    ['[restart]', 21_600],
    ['[restart, give_up]', 21_600],
    ['[restart, {give_up: }]', 21_600],
    ['[restart, {give_up: {}}]', 21_600],
    ['[restart, {give_up: {hold: 2h}}]', 7200],
  ])('%s gives up for %i s', (steps, seconds) => {
    const policy = policyWith(`steps: ${steps}`);
    expect([policy.giveUpSeconds, policy.steps]).toEqual([seconds, [RESTART]]);
  });

  it('takes ten steps and giving up', () => {
    expect(stepsOf(`[${'restart, '.repeat(10)}give_up]`)).toHaveLength(10);
  });
});

const ACTION =
  'expected an action, such as restart, or a map with one of restart, start, stop, reload, reset_failed, run, throttle, power_mode, notify, give_up';
const NOTHING = 'expected nothing after it; wait and only_if stand beside the action, on lines of their own';
const SERVICE = 'expected a service, such as gpu-cleanup.service; nothing else can be run to its end';
const UNKNOWN = 'unknown key; remove it or mend its spelling';
const QUOTA = 'expected a share of one processor from 1% to 10000%, such as 50%; two processors are 200%';
const WEIGHT = 'expected a whole number from 1 to 10000; 100 is the usual one';

describe('what is wrong with steps', () => {
  // The list begins in column 14 of line 6.
  it.each<readonly [string, string]>([
    ['[]', '14: S: expected at least one step, such as [restart]; an empty list does nothing'],
    ['restart', '14: S: expected a list of steps such as [restart]'],
    ['[reboot]', `15: S[0]: ${ACTION}`],
    ['[7]', `15: S[0]: ${ACTION}`],
    ['[[restart]]', `15: S[0]: ${ACTION}`],
    ['[~]', `15: S[0]: ${ACTION}`],
    ['[{reboot: }]', `16: S[0].reboot: ${UNKNOWN}`],
    [
      '[{}]',
      '15: S[0]: expected an action: one of restart, start, stop, reload, reset_failed, run, throttle, power_mode, notify, give_up',
    ],
    [
      '[{wait: 1m}]',
      '15: S[0]: expected an action: one of restart, start, stop, reload, reset_failed, run, throttle, power_mode, notify, give_up',
    ],
    ['[{start: , stop: }]', '31: S[0].stop: expected one action a step; there is start already'],
    [
      '[{restart: {only_if: x}}]',
      '26: S[0].restart.only_if: unknown key here; it stands beside restart, not in it: indent it as far as restart',
    ],
    ['[{stop: {only_if: x}}]', `22: S[0].stop: ${NOTHING}`],
    ['[{restart: {even_if_active: maybe}}]', '42: S[0].restart.even_if_active: expected true or false'],
    ['[{restart: {also: []}}]', '32: S[0].restart.also: expected at least one unit; leave also out for none'],
    ['[{restart: {also: [b.service, b.service]}}]', '32: S[0].restart.also: expected each unit once'],
    [
      '[{restart: {also: ["b@*.service"]}}]',
      '33: S[0].restart.also[0]: expected a unit name without *: no pattern here, write out each unit, such as comfyui@a.service',
    ],
    ['[{restart: , then: start}]', '33: S[0].then: expected it beside run, and nowhere else'],
    ['[{run: b.timer}]', `21: S[0].run: ${SERVICE}`],
    ['[{run: b}]', '21: S[0].run: expected a unit name with its type, such as comfyui@a.service'],
    ['[{run: b.service, then: stop}]', '38: S[0].then: expected restart or start'],
    ['[{power_mode: {unit: b.timer}}]', `35: S[0].power_mode.unit: ${SERVICE}`],
    ['[{power_mode: {unit: b.service, undo: c.timer}}]', `52: S[0].power_mode.undo: ${SERVICE}`],
    [
      '[{power_mode: {undo: b.service}}]',
      '28: S[0].power_mode.unit: missing: expected a unit name such as comfyui@a.service',
    ],
    [
      '[{throttle: {}}]',
      '26: S[0].throttle: expected at least one of CPUQuota, MemoryHigh, CPUWeight and IOWeight',
    ],
    ['[{throttle: {CPUQuota: 0%}}]', `37: S[0].throttle.CPUQuota: ${QUOTA}`],
    ['[{throttle: {CPUQuota: 10001%}}]', `37: S[0].throttle.CPUQuota: ${QUOTA}`],
    ['[{throttle: {CPUQuota: 0.5}}]', `37: S[0].throttle.CPUQuota: ${QUOTA}`],
    [
      '[{throttle: {MemoryHigh: 80%}}]',
      '39: S[0].throttle.MemoryHigh: expected a size such as 2GiB; a share of the memory is not offered, since it would be another size on each machine',
    ],
    [
      '[{throttle: {MemoryHigh: 2G}}]',
      '39: S[0].throttle.MemoryHigh: expected a size such as 2GiB; 2G of systemd is 2GiB here',
    ],
    [
      '[{throttle: {MemoryHigh: 1KiB}}]',
      '39: S[0].throttle.MemoryHigh: expected at least 1MiB; with less nothing can run',
    ],
    ['[{throttle: {CPUWeight: 0}}]', `38: S[0].throttle.CPUWeight: ${WEIGHT}`],
    ['[{throttle: {IOWeight: 1.5}}]', `37: S[0].throttle.IOWeight: ${WEIGHT}`],
    ['[{throttle: {MemoryMax: 1}}]', `27: S[0].throttle.MemoryMax: ${UNKNOWN}`],
    [
      '[{notify: ""}]',
      '24: S[0].notify: expected a text of one line, such as "the GPU is hot; look at its fans"',
    ],
    [
      '[{notify: "a\\nb"}]',
      '24: S[0].notify: expected a text of one line, such as "the GPU is hot; look at its fans"',
    ],
    [
      '[{notify: }]',
      '24: S[0].notify: expected a text of one line, such as "the GPU is hot; look at its fans"',
    ],
    ['[{stop: , wait: soon}]', '30: S[0].wait: expected a duration such as 30s, 5m or 1h'],
    [
      '[{stop: , only_if: []}]',
      '33: S[0].only_if: expected at least one condition; leave only_if out for none',
    ],
    [
      '[{stop: , only_if: hot}]',
      '33: S[0].only_if: expected a condition such as "gpu_temperature_celsius < 80" or "probe_success(comfyui-a) = 0"',
    ],
    [
      '[{stop: , only_if: [memory_available_bytes > 1, hot]}]',
      '62: S[0].only_if[1]: expected a condition such as "gpu_temperature_celsius < 80" or "probe_success(comfyui-a) = 0"',
    ],
    ['[give_up]', '14: S: expected a step before give_up, such as restart or notify'],
    [
      '[restart, give_up, stop]',
      '33: S[2]: expected nothing after give_up, which is step 2: this is never reached; move give_up to the end',
    ],
    [
      '[restart, {give_up: {hold: 1h}}, give_up]',
      '47: S[2]: expected nothing after give_up, which is step 2: this is never reached; move give_up to the end',
    ],
    [
      '[restart, {give_up: {hold: 0s}}]',
      '41: S[1].give_up.hold: expected a duration of more than 0, such as 30s, 5m or 1h',
    ],
    [
      '[restart, {give_up: , wait: 1m}]',
      '42: S[1].wait: expected it beside an action; giving up is done at once',
    ],
    [
      '[restart, {give_up: , only_if: memory_available_bytes > 1}]',
      '45: S[1].only_if: expected it beside an action; giving up is done at once',
    ],
    [`[${Array(11).fill('stop').join(', ')}]`, '14: S: expected at most 10 steps'],
    [`[${Array(12).fill('stop').join(', ')}]`, '14: S: expected at most 10 steps'],
    [
      '[{run: sshd.service}]',
      '21: S[0].run: expected a unit that may be touched; sshd.service is protected by sshd.service',
    ],
    [
      '[{restart: {also: [b.service, dbus.service]}}]',
      '44: S[0].restart.also[1]: expected a unit that may be touched; dbus.service is protected by dbus.service',
    ],
    [
      '[{power_mode: {unit: fettle.service}}]',
      '35: S[0].power_mode.unit: expected a unit that may be touched; fettle.service is protected by fettle*',
    ],
    [
      '[{power_mode: {unit: b.service, undo: systemd-x.service}}]',
      '52: S[0].power_mode.undo: expected a unit that may be touched; systemd-x.service is protected by systemd-*',
    ],
    [
      '[{stop: , only_if: probe_success(nobody) = 1}]',
      '33: S[0].only_if: expected the name of a probe in probes: there is no nobody; there are none',
    ],
  ])('%s', (steps, line) => {
    expect(problemsOf(withPolicy(`steps: ${steps}`))).toEqual([
      `f.yml:6:${line.replace('S', 'remediator.policies[0].steps')}`,
    ]);
  });

  it('tells each fault at once', () => {
    const steps = '[{stop: 1}, give_up, {run: sshd.service}, {restart: {also: [x]}}]';
    expect(problemsOf(withPolicy(`steps: ${steps}`)).map((line) => line.split(': ')[1])).toEqual([
      'remediator.policies[0].steps[0].stop',
      'remediator.policies[0].steps[2]',
      'remediator.policies[0].steps[2].run',
      'remediator.policies[0].steps[3].restart.also[0]',
    ]);
  });
});
