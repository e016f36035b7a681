import vm from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Policy } from '../../src/domain/policy.ts';
import type { Step } from '../../src/domain/step.ts';
import { grantsOf, polkitRule } from '../../src/policy/polkit-rule.ts';
import { anyText } from '../fakes/any-text.ts';
import { aPolicy, aRestart } from '../fakes/repairs.ts';

const COMMON = { waitSeconds: 60, onlyIf: [] };
const run = (followUp: 'restart' | 'start' | undefined, unit = 'b.service'): Step => ({
  ...COMMON,
  action: 'run',
  unit,
  followUp,
});
const LIMITS = { cpuQuota: 0.5, memoryHigh: undefined, cpuWeight: undefined, ioWeight: undefined };
const MANAGE_UNITS = 'org.freedesktop.systemd1.manage-units';

/** Every verb that systemd 252 tells polkit. */
const VERBS = [
  'start',
  'stop',
  'restart',
  'try-restart',
  'reload',
  'reload-or-restart',
  'reload-or-try-restart',
  'reset-failed',
  'set-property',
  'kill',
  'freeze',
  'thaw',
  'clean',
  'ref',
  'bind-mount',
  'attach-processes',
];

interface Asked {
  readonly user?: string;
  readonly action?: string;
  readonly unit?: string | undefined;
  readonly verb?: string | undefined;
}

/** Runs a rule as polkit would, and gives what it answers. */
function polkitWith(rule: string): (asked: Asked) => unknown {
  const rules: ((action: unknown, subject: unknown) => unknown)[] = [];
  const polkit = {
    Result: { YES: 'yes', NO: 'no', NOT_HANDLED: null },
    addRule: (added: (action: unknown, subject: unknown) => unknown) => rules.push(added),
  };
  vm.runInNewContext(rule, { polkit }, { timeout: 1000 });
  const [only, ...more] = rules;
  if (only === undefined || more.length > 0) throw new Error('expected one rule');
  return ({ user = 'fettle', action = MANAGE_UNITS, ...details }) => {
    const values: Readonly<Record<string, string | undefined>> = { unit: details.unit, verb: details.verb };
    return only({ id: action, lookup: (key: string) => values[key] }, { user });
  };
}

const OPTIONS = { user: 'fettle', file: '/etc/fettle/fettle.yml' };

/** What is answered YES, of these units and all verbs. */
function allowed(ask: (asked: Asked) => unknown, units: readonly string[]): readonly string[] {
  return units.flatMap((unit) =>
    VERBS.flatMap((verb) => (ask({ unit, verb }) === 'yes' ? [`${verb} ${unit}`] : [])),
  );
}

const LADDER: readonly Step[] = [
  aRestart({ also: ['also.service'] }),
  run('start', 'cleanup.service'),
  { ...COMMON, action: 'throttle', limits: LIMITS },
  { ...COMMON, action: 'power_mode', unit: 'low.service', undo: 'high.service' },
  { ...COMMON, action: 'notify', message: 'x' },
];

describe('grantsOf', () => {
  it.each<readonly [string, Step, Readonly<Record<string, readonly string[]>>]>([
    ['restart', aRestart(), { 'a.service': ['restart', 'reset-failed'] }],
    [
      'restart with others',
      aRestart({ also: ['b.service'] }),
      { 'a.service': ['restart', 'reset-failed'], 'b.service': ['restart', 'reset-failed'] },
    ],
    ['start', { ...COMMON, action: 'start' }, { 'a.service': ['start', 'reset-failed'] }],
    ['stop', { ...COMMON, action: 'stop' }, { 'a.service': ['stop'] }],
    ['reload', { ...COMMON, action: 'reload' }, { 'a.service': ['reload'] }],
    ['reset_failed', { ...COMMON, action: 'reset_failed' }, { 'a.service': ['reset-failed'] }],
    ['run', run(undefined), { 'b.service': ['start', 'reset-failed'] }],
    [
      'run, then start',
      run('start'),
      { 'a.service': ['start', 'reset-failed'], 'b.service': ['start', 'reset-failed'] },
    ],
    [
      'run, then restart',
      run('restart'),
      { 'a.service': ['restart', 'reset-failed'], 'b.service': ['start', 'reset-failed'] },
    ],
    ['throttle', { ...COMMON, action: 'throttle', limits: LIMITS }, { 'a.service': ['set-property'] }],
    [
      'power_mode',
      { ...COMMON, action: 'power_mode', unit: 'b.service', undo: undefined },
      { 'b.service': ['start', 'reset-failed'] },
    ],
    [
      'power_mode with undo',
      { ...COMMON, action: 'power_mode', unit: 'b.service', undo: 'c.service' },
      { 'b.service': ['start', 'reset-failed'], 'c.service': ['start', 'reset-failed'] },
    ],
    ['notify', { ...COMMON, action: 'notify', message: 'x' }, {}],
  ])('of %s', (_, step, expected) => {
    const grants = grantsOf([aPolicy({ steps: [step] })]);
    expect(Object.fromEntries([...grants].map(([unit, verbs]) => [unit, [...verbs]]))).toEqual(expected);
  });

  it('are of the one unit that is written out, of all that are allowed', () => {
    const policy = aPolicy({
      unit: { kind: 'literal', name: 'a.service' },
      allow: ['a.service', 'b.service'],
    });
    expect([...grantsOf([policy]).keys()]).toEqual(['a.service']);
  });
});

describe('polkitRule', () => {
  const units = [
    'a.service',
    'b.service',
    'also.service',
    'cleanup.service',
    'low.service',
    'high.service',
    'sshd.service',
  ];

  it('allows what the policies need, and of all else nothing', () => {
    const ask = polkitWith(
      polkitRule(
        [
          aPolicy({ steps: LADDER }),
          aPolicy({ name: 'q', allow: ['b.service'], steps: [{ ...COMMON, action: 'stop' }] }),
        ],
        OPTIONS,
      ),
    );
    expect(
      allowed(ask, [
        ...units,
        'a',
        'A.service',
        'a.service ',
        'undefined',
        '*',
        '__proto__',
        'constructor',
        'toString',
      ]),
    ).toEqual([
      'start a.service',
      'restart a.service',
      'reset-failed a.service',
      'set-property a.service',
      'stop b.service',
      'restart also.service',
      'reset-failed also.service',
      'start cleanup.service',
      'reset-failed cleanup.service',
      'start low.service',
      'reset-failed low.service',
      'start high.service',
      'reset-failed high.service',
    ]);
    expect(ask({ unit: 'sshd.service', verb: 'restart' })).toBe('no');
  });

  it.each<readonly [string, Asked]>([
    ['no details, as for a program of its own', {}],
    ['no verb', { unit: 'a.service' }],
    ['no unit, as for all failures at once', { verb: 'restart' }],
    ['an empty unit', { unit: '', verb: 'restart' }],
    ['an empty verb', { unit: 'a.service', verb: '' }],
    ['a verb that is part of one', { unit: 'a.service', verb: 'rest' }],
    ['a verb that every list has', { unit: 'a.service', verb: 'length' }],
    ...['manage-unit-files', 'reload-daemon', 'set-environment', 'bypass-dump-ratelimit'].map(
      (name): readonly [string, Asked] => [
        name,
        { action: `org.freedesktop.systemd1.${name}`, unit: 'a.service', verb: 'restart' },
      ],
    ),
  ])('denies %s', (_, asked) => {
    const ask = polkitWith(polkitRule([aPolicy()], OPTIONS));
    expect(ask(asked)).toBe('no');
    expect(ask({ unit: 'a.service', verb: 'restart' })).toBe('yes');
  });

  it('leaves other users, and what is not of systemd, to other rules', () => {
    const ask = polkitWith(polkitRule([aPolicy()], OPTIONS));
    const restart = { unit: 'a.service', verb: 'restart' };
    for (const user of ['root', 'alice', 'fettle2', 'Fettle', ''])
      expect(ask({ user, ...restart })).toBeNull();
    expect(ask({ action: 'org.freedesktop.login1.reboot' })).toBeNull();
    expect(ask({ action: 'org.freedesktop.systemd1', ...restart })).toBeNull();
  });

  it.each<readonly [string, readonly Policy[]]>([
    ['no policy', []],
    ['policies in dry run alone', [aPolicy({ mode: 'dry-run', steps: LADDER })]],
    ['a policy that only tells', [aPolicy({ steps: [{ ...COMMON, action: 'notify', message: 'x' }] })]],
  ])('denies everything for %s', (_, policies) => {
    const rule = polkitRule(policies, OPTIONS);
    expect(allowed(polkitWith(rule), units)).toEqual([]);
    expect(rule).toContain('// No policy enforces: nothing is granted.');
  });

  it('lists in comments what policies in dry run would need', () => {
    const rule = polkitRule(
      [aPolicy({ name: 'q', mode: 'dry-run', allow: ['b.service'] }), aPolicy()],
      OPTIONS,
    );
    expect(rule).toContain(
      '  // In dry run, so not granted:\n  //   "b.service": ["restart", "reset-failed"] // q\n',
    );
    expect(allowed(polkitWith(rule), units)).toEqual(['restart a.service', 'reset-failed a.service']);
  });

  it('names the policies behind each grant, what it was made of, and where it goes', () => {
    const rule = polkitRule([aPolicy(), aPolicy({ name: 'q' })], { user: 'fettle-bot', file: 'my box.yml' });
    expect(rule).toContain('"a.service": ["restart", "reset-failed"] // p, q\n');
    expect(rule).toContain('// Made for the user "fettle-bot" from "my box.yml" by: fettle polkit\n');
    expect(rule).toContain('/etc/polkit-1/rules.d/10-fettle.rules');
  });

  it('takes names with backslashes for what they are', () => {
    const unit = 'dev\\x2dsda@x\\x22.service';
    const ask = polkitWith(polkitRule([aPolicy({ allow: [unit] })], OPTIONS));
    expect(ask({ unit, verb: 'restart' })).toBe('yes');
    expect(ask({ unit: 'dev-sda@x".service', verb: 'restart' })).toBe('no');
  });

  it('lets no text of the file, the user or a unit out of its quotes', () => {
    fc.assert(
      fc.property(anyText(), anyText(), anyText(), (file, user, unit) => {
        const rule = polkitRule([aPolicy({ allow: [unit] })], { file, user });
        expect(rule).toMatch(/^[ -~\n]*$/);
        const ask = polkitWith(rule);
        expect(ask({ user, unit, verb: 'restart' })).toBe(unit === '' ? 'no' : 'yes');
        expect(ask({ user, unit: `${unit}x`, verb: 'restart' })).toBe('no');
        expect(ask({ user: `${user}x`, unit, verb: 'restart' })).toBeNull();
      }),
    );
  });

  it('is written in the language that every polkit has', () => {
    expect(polkitRule([aPolicy({ steps: LADDER })], OPTIONS).replaceAll(/\/\/.*/g, '')).not.toMatch(
      /=>|`|\b(?:const|let|class|of)\b|,\s*[}\])]/,
    );
  });
});
