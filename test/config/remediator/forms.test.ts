import { describe, expect, it } from 'vitest';
import { problemsOf, withPolicy } from './problems.ts';

const inRemediator = (keys: string) =>
  problemsOf(`remediator: {${keys}}`).map((line) => line.replace(/^f\.yml:1:\d+: remediator\./, ''));

const inPolicy = (keys: string) =>
  problemsOf(withPolicy(keys)).map((line) =>
    line.replace(/^f\.yml:\d+:\d+: remediator\.policies\[0\]\./, ''),
  );

describe('what should be a map', () => {
  it.each([
    ['protect: [a.service]', 'protect: expected a map: write protect: { units: ["postgresql@*"] }'],
    [
      'alertmanager: "http://127.0.0.1:9093"',
      'alertmanager: expected a map: write alertmanager: { url: "http://127.0.0.1:9093" }',
    ],
    [
      'gates: off',
      'gates: expected a map; to switch both gates off, write gates: { xid: false, max_celsius: off }',
    ],
    ['storm: 5', 'storm: expected a map, such as storm: { units: 5, within: 2m }'],
    ['budgets: 5', 'budgets: expected a map, such as budgets: { host: { limits: ["6 per 1h"] } }'],
    [
      'budgets: {host: ["6 per 1h"]}',
      'budgets.host: expected a map, such as host: { concurrent: 1, limits: ["6 per 1h"] }',
    ],
    ['defaults: 5m', 'defaults: expected a map, such as defaults: { cooldown: { base: 5m } }'],
    ['defaults: {give_up: 6h}', 'defaults.give_up: expected a map: write give_up: { hold: 6h }'],
    ['policies: {when: x}', 'policies: expected a list of policies, each with - name: and its keys below'],
  ])('%s', (keys, problem) => {
    expect(inRemediator(keys)).toEqual([problem]);
  });

  it.each([
    ['cooldown: 5m', 'cooldown: expected a map: write cooldown: { base: 5m }'],
    ['verify: 1m', 'verify: expected a map: write verify: { for: 30s, timeout: 3m }'],
    ['blame: off', 'blame: expected a map, such as blame: { other_hands: 30m, packages: 10m, boot: 5m }'],
    [
      'steps: [{restart: true}]',
      'steps[0].restart: expected nothing after it, as in - restart alone, or a map such as restart: { also: [redis.service] }',
    ],
    ['steps: [restart, {give_up: 6h}]', 'steps[1].give_up: expected a map: write give_up: { hold: 6h }'],
    [
      'steps: [{power_mode: low}]',
      'steps[0].power_mode: expected a map: write power_mode: { unit: nvpmodel-low.service, undo: nvpmodel-high.service }',
    ],
    [
      'steps: [{throttle: 50%}]',
      'steps[0].throttle: expected a map, such as throttle: { CPUQuota: 50%, MemoryHigh: 2GiB }',
    ],
  ])('%s in a policy', (keys, problem) => {
    expect(inPolicy(keys)).toEqual([problem]);
  });
});

describe('a key that is known elsewhere', () => {
  const UNKNOWN = 'unknown key; remove it or mend its spelling';
  const POLICY = 'unknown key here; it is a key of a policy: indent it as far as its name';

  it.each([
    ['policies: []', 'policies: unknown key here; it belongs under remediator'],
    ['alertmanager: {}', 'alertmanager: unknown key here; it belongs under remediator'],
    ['journal: {}', 'journal: unknown key here; it belongs under exporter'],
    ['polices: []', `polices: ${UNKNOWN}`],
    ['remediator: {when: []}', `remediator.when: ${POLICY}`],
    ['remediator: {steps: []}', `remediator.steps: ${POLICY}`],
    [
      'remediator: {cooldown: {}}',
      `remediator.cooldown: ${POLICY}, or write it under defaults for all policies`,
    ],
    [
      'remediator: {token: x}',
      'remediator.token: unknown key here; write the token into a file, and name that in token_file',
    ],
    [
      'remediator: {give_up: {}}',
      'remediator.give_up: unknown key here; it stands under defaults, or is the last of the steps of a policy',
    ],
    ['remediator: {polices: []}', `remediator.polices: ${UNKNOWN}`],
    ['remediator: {defaults: {when: []}}', `remediator.defaults.when: ${UNKNOWN}`],
  ])('%s', (text, problem) => {
    expect(problemsOf(text).map((line) => line.replace(/^f\.yml:1:\d+: /, ''))).toEqual([problem]);
  });

  it.each([
    [
      'give_up: {hold: 6h}',
      'give_up: unknown key here; it is the last one of steps: write - give_up: { hold: 6h } there',
    ],
    ['wait: 5m', 'wait: unknown key here; it stands beside an action, in one of steps'],
    [
      'steps: [{restart: {wait: 5m}}]',
      'steps[0].restart.wait: unknown key here; it stands beside restart, not in it: indent it as far as restart',
    ],
    ['steps: [{restart: {waits: 5m}}]', `steps[0].restart.waits: ${UNKNOWN}`],
  ])('%s in a policy', (keys, problem) => {
    expect(inPolicy(keys)).toEqual([problem]);
  });
});

describe('when', () => {
  const LIST = 'expected a list of matchers such as alertname = "UnitFailed"';
  const MATCHER = 'expected an Alertmanager matcher such as alertname = "UnitFailed" or unit =~ "comfyui@.+"';

  it.each([
    ['{alertname: X}', `when: ${LIST}; write it as - alertname = "X"`],
    ['alertname = "X"', `when: ${LIST}; write it as - alertname = "X"`],
    ['{alertname: [X]}', `when: ${LIST}`],
    ['{}', `when: ${LIST}`],
    ['[{alertname: X, team: y}]', `when[0]: ${MATCHER}; write it as - alertname = "X" and - team = "y"`],
    ['[alertname == "X"]', `when[0]: ${MATCHER}, with one =`],
    ['[7]', `when[0]: ${MATCHER}`],
  ])('%s', (written, problem) => {
    const text = `remediator: {policies: [{name: p, when: ${written}, allow: [a.service]}]}`;
    expect(problemsOf(text).map((line) => line.replace(/^.*?policies\[0\]\./, ''))).toEqual([problem]);
  });
});

describe('a template without quotes', () => {
  it('is told at its place, and nothing is written by the parser itself', async () => {
    const warned: unknown[] = [];
    const note = (warning: unknown) => warned.push(warning);
    process.on('warning', note);
    const told = problemsOf(withPolicy('unit: {{ labels.unit }}'));
    // Node tells of warnings a little later.
    await new Promise((resolve) => setImmediate(resolve));
    process.off('warning', note);
    expect([told, warned]).toEqual([
      [
        'f.yml:6:14: expected a plain key, and not a map or a list; a text that begins with { or [ needs double quotes, as in "{{ labels.unit }}"',
      ],
      [],
    ]);
  });

  it.each(['? [a, b]\n: 1\n', 'remediator: {[a]: 1}\n'])('is as wrong as any such key: %j', (text) => {
    expect(problemsOf(text)).toEqual([
      expect.stringContaining('expected a plain key, and not a map or a list'),
    ]);
  });
});
