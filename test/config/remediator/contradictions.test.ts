import { describe, expect, it } from 'vitest';
import { problemsOf } from './problems.ts';

/** The problems of a configuration with one policy, written in YAML's flow style, without their places. */
function problemsWith(policy: string): readonly string[] {
  return problemsOf(`remediator: {policies: [{name: p, ${policy}}]}`).map((line) =>
    line.replace(/^f\.yml:1:\d+: remediator\.policies\[0\]\./, ''),
  );
}

const LITERAL = 'when: [a = b], unit: a.service, allow: [a.service]';
const BOTH = 'when: [a = b], allow: [a.service, b.service]';
const OWN = 'expected another unit than a.service, the unit of this policy itself';
const none = (label: string) =>
  `allow: expected a unit that when lets through as the label ${label}; it takes none of these, so nothing is ever done`;

describe('a policy that can never do what it says', () => {
  it.each<readonly [string, string]>([
    [
      'when: [alertname = A, alertname = B], allow: [a.service]',
      'when[1]: expected a matcher that takes alertname = "A", which another one here asks for; no alert fits both',
    ],
    [
      'when: [alertname != A, alertname = A], allow: [a.service]',
      'when[0]: expected a matcher that takes alertname = "A", which another one here asks for; no alert fits both',
    ],
    [
      'when: [alertname = A, alertname =~ "B.*"], allow: [a.service]',
      'when[1]: expected a matcher that takes alertname = "A", which another one here asks for; no alert fits both',
    ],
    ['when: [a = b, unit = b.service], allow: [a.service]', none('unit')],
    ['when: [a = b, unit =~ "b.*"], allow: [a.service, c.service]', none('unit')],
    ['when: [a = b, unit = ""], allow: [a.service]', none('unit')],
    ['when: [a = b], unit: "{{ labels.a }}", allow: [a.service]', none('a')],
    [
      'when: [a = b], unit: b.service, allow: [a.service]',
      'allow: expected b.service among them, the unit of this policy; without it nothing is ever done',
    ],
    [
      'when: [a = b], allow: [a.service, b.service, a.service]',
      'allow[2]: expected each unit once; remove this one',
    ],
    [`${LITERAL}, steps: [{restart: {also: [b.service, a.service]}}]`, `steps[0].restart.also[1]: ${OWN}`],
    [`${LITERAL}, steps: [stop, {run: a.service}]`, `steps[1].run: ${OWN}`],
    [`${LITERAL}, steps: [{power_mode: {unit: a.service}}]`, `steps[0].power_mode.unit: ${OWN}`],
    [
      `${LITERAL}, steps: [{power_mode: {unit: b.service, undo: a.service}}]`,
      `steps[0].power_mode.undo: ${OWN}`,
    ],
    ['when: [a = b], allow: [a.service], steps: [{run: a.service}]', `steps[0].run: ${OWN}`],
    [
      `${LITERAL}, steps: [{power_mode: {unit: b.service, undo: b.service}}]`,
      'steps[0].power_mode.undo: expected another service than b.service, which sets the mode that is to be undone',
    ],
    [
      'when: [a = b], allow: [a.service, b.timer], steps: [restart, {throttle: {CPUWeight: 5}}]',
      'allow[1]: expected a service, since step 2 throttles it; a timer has no processes of its own',
    ],
    [
      'when: [a = b], unit: b.socket, allow: [b.socket], steps: [{throttle: {CPUWeight: 5}}]',
      'allow[0]: expected a service, since step 1 throttles it; a socket has no processes of its own',
    ],
  ])('%s', (policy, problem) => {
    expect(problemsWith(policy)).toEqual([problem]);
  });

  it.each([
    'when: [alertname = A, alertname =~ "A.*", severity != info], allow: [a.service]',
    'when: [a = b, unit =~ "b.*"], allow: [a.service, b.service]',
    'when: [a = b, unit = b.service], unit: a.service, allow: [a.service]',
    'when: [a = b], unit: a.service, allow: [a.service, c.timer], steps: [{throttle: {CPUWeight: 5}}]',
    `${BOTH}, steps: [{restart: {also: [b.service]}}]`,
    `${LITERAL}, steps: [{power_mode: {unit: b.service, undo: c.service}}]`,
    'when: [severity != info], allow: [a.service]',
    'when: [alertname =~ ".*"], allow: [a.service]',
  ])('takes what somebody may mean: %s', (policy) => {
    expect(problemsWith(policy)).toEqual([]);
  });
});

describe('what can never succeed', () => {
  const text = (defaults: string, first: string) => `remediator:
  defaults: {${defaults}}
  policies:
    - {name: p, when: [a = b], allow: [a.service]${first}}
    - {name: q, when: [a = b], allow: [b.service]}
`;

  it('is told once and at the defaults where it is they that say it', () => {
    expect(problemsOf(text('verify: {for: 10m}', ''))).toEqual([
      'f.yml:2:22: remediator.defaults.verify: expected for (600 s) below timeout (180 s); it could never succeed',
    ]);
    expect(problemsOf(text('cooldown: {max: 1m}', ''))).toEqual([
      'f.yml:2:24: remediator.defaults.cooldown: expected base (120 s) to be at most max (60 s)',
    ]);
  });

  it('is told at the policy that has a word of its own in it', () => {
    expect(problemsOf(text('verify: {timeout: 1m}', ', verify: {for: 2m}'))).toEqual([
      'f.yml:4:60: remediator.policies[0].verify: expected for (120 s) below timeout (60 s); it could never succeed',
    ]);
    expect(problemsOf(text('', ', cooldown: {max: 1m}'))).toEqual([
      'f.yml:4:62: remediator.policies[0].cooldown: expected base (120 s) to be at most max (60 s)',
    ]);
  });
});

describe('both halves on one port', () => {
  const text = (exporter: string, remediator: string) =>
    `exporter: {listen: "${exporter}"}\nremediator: {listen: "${remediator}", token_file: /t}\n`;

  it.each([
    ['127.0.0.1:10559', '127.0.0.1:10559'],
    [':10559', '127.0.0.1:10559'],
    ['[::1]:10559', ':10559'],
    ['0.0.0.0:10559', '127.0.0.1:10559'],
  ])('%s and %s', (exporter, remediator) => {
    expect(problemsOf(text(exporter, remediator))).toEqual([
      'f.yml:2:22: remediator.listen: expected another port than 10559, on which the exporter listens; its usual one is 10559',
    ]);
  });

  it.each([
    ['127.0.0.1:0', '127.0.0.1:0'],
    ['127.0.0.1:10559', '127.0.0.2:10559'],
    ['0.0.0.0:10559', '[::1]:10559'],
    ['127.0.0.1:10558', '127.0.0.1:10559'],
  ])('is not %s and %s', (exporter, remediator) => {
    expect(problemsOf(text(exporter, remediator))).toEqual([]);
  });
});

describe('a file that can only be a folder', () => {
  const FILE = 'expected a file, such as /var/lib/fettle/ledger.jsonl; this can only be a folder';

  it.each(['/tmp/', '/', '/tmp/.', '/tmp/..'])('%s', (path) => {
    expect(problemsOf(`remediator: {ledger: "${path}"}`)).toEqual([`f.yml:1:22: remediator.ledger: ${FILE}`]);
    expect(problemsOf(`remediator: {token_file: "${path}"}`)).toEqual([
      `f.yml:1:26: remediator.token_file: ${FILE}`,
    ]);
  });

  it.each(['/tmp/ledger', '/tmp/.ledger', '/tmp/ledger.'])('is not %s', (path) => {
    expect(problemsOf(`remediator: {ledger: "${path}"}`)).toEqual([]);
  });
});

describe('protect.units', () => {
  it.each([
    ['postgresql', 'postgresql.service or postgresql*'],
    ['postgresql@.service', 'postgresql@*'],
    ['post*sql', 'post*sql.service or post*sql*'],
    ['a.servic', 'a.servic.service or a.servic*'],
  ])('objects to %s, which fits no unit', (name, other) => {
    expect(problemsOf(`remediator: {protect: {units: ["${name}"]}}`)).toEqual([
      `f.yml:1:32: remediator.protect.units[0]: expected what a unit can be called, with its type: no unit fits ${name}, so it protects nothing; write ${other}`,
    ]);
  });

  it.each(['postgresql.service', 'postgresql@*', '*.timer', 'a*vice', 'a@*-b.service', '*', 'a.b.path'])(
    'takes %s',
    (name) => {
      expect(problemsOf(`remediator: {protect: {units: ["${name}"]}}`)).toEqual([]);
    },
  );
});
