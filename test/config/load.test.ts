import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Config } from '../../src/config/config.ts';
import { formatProblem } from '../../src/config/explain.ts';
import { loadConfig } from '../../src/config/load.ts';
import { PROTECTED_UNITS } from '../../src/domain/protected-units.ts';
import { anyText } from '../fakes/any-text.ts';

const EXAMPLE = readFileSync(new URL('../../deploy/examples/fettle.yml', import.meta.url), 'utf8');

const DURATION = 'expected a duration such as 30s, 5m or 1h';
const MAP = 'expected a map of keys and values';
const UNKNOWN = 'unknown key; remove it or mend its spelling';
const ADDRESS = 'expected an address and port such as 127.0.0.1:10558, [::1]:10558 or :10558 (all addresses)';
const TEMPLATE = 'expected a unit name, or one label as a whole: "{{ labels.unit }}"';

/** The problems of a text as a person sees them; none if it is in order. */
function problemsOf(text: string): readonly string[] {
  const loaded = loadConfig(text);
  return loaded.ok ? [] : loaded.problems.map((problem) => formatProblem('f.yml', problem));
}

function configOf(text: string): Config {
  const loaded = loadConfig(text);
  if (!loaded.ok) throw new Error(problemsOf(text).join('\n'));
  return loaded.config;
}

/** A configuration with one policy, whose keys begin in column 7 of line 3. */
function withPolicy(keys: string): string {
  return `remediator:\n  policies:\n    - ${keys.trim().replaceAll('\n', '\n      ')}\n`;
}

const GOOD_POLICY = 'name: a\nwhen: [alertname = "Down"]\nallow: [a.service]';

describe('loadConfig', () => {
  it.each(['1s', '1h', '1m30s'])('takes nvidia-smi every %s', (text) => {
    expect(
      configOf(`exporter: {gpu: {nvidia: {interval: ${text}, path: /opt/my smi}}}`).exporter.gpu.nvidia,
    ).toMatchObject({
      path: '/opt/my smi',
    });
  });

  it.each([
    '',
    '\n',
    '# nothing but a comment\n',
    '---\n',
    '{}',
    'null',
    '\ufeff',
    'exporter: {}\nremediator: {}\n',
  ])('gives the defaults for %j', (text) => {
    const { exporter, remediator } = configOf(text);
    expect(exporter).toMatchObject({ listen: { host: '127.0.0.1', port: 10_558 }, sysfs: '/sys' });
    expect(exporter).toMatchObject({ unitState: 'full', oldTypes: false, slices: false, users: [] });
    expect(exporter).toMatchObject({ privateSocket: false, resolved: false });
    expect(exporter.includesUnit('nginx.service')).toBe(true);
    expect(exporter.includesUnit('dev-sda.device')).toBe(false);
    expect(remediator).toEqual({
      listen: { host: '127.0.0.1', port: 10_559 },
      tokenFile: undefined,
      ledger: undefined,
      policySet: expect.objectContaining({ policies: [], protectedUnits: PROTECTED_UNITS }),
    });
  });

  it.each([
    ['all', 'all'],
    ['[alice, 1000]', ['alice', '1000']],
  ])('takes users: %s', (written, users) => {
    expect(configOf(`exporter: { systemd: { users: ${written} } }`).exporter.users).toEqual(users);
  });

  it('exports what include matches as a whole and exclude does not', () => {
    const { includesUnit } = configOf(
      'exporter: {systemd: {include: "nginx.service|.+@.+", exclude: "user@.+"}}',
    ).exporter;
    const names = ['nginx.service', 'my-nginx.service', 'comfyui@a.service', 'user@1.service', 'a.device'];
    expect(names.filter(includesUnit)).toEqual(['nginx.service', 'comfyui@a.service']);
  });

  it('takes the annotated example', () => {
    const { exporter, remediator } = configOf(EXAMPLE);
    expect(exporter.listen).toEqual({ host: '127.0.0.1', port: 10_558 });
    expect(remediator).toMatchObject({
      listen: { host: '127.0.0.1', port: 10_559 },
      tokenFile: '/etc/fettle/webhook-token',
      ledger: '/var/lib/fettle/ledger.jsonl',
    });
    expect(remediator.policySet.protectedUnits).toEqual([...PROTECTED_UNITS, 'postgresql@*']);
    expect(remediator.policySet.policies).toMatchObject([
      {
        name: 'comfyui-failed',
        mode: 'dry-run',
        unit: { kind: 'label', label: 'unit' },
        allow: ['comfyui@a.service', 'comfyui@b.service'],
        steps: [
          { action: 'restart', waitSeconds: 60, onlyIf: [] },
          { action: 'restart', waitSeconds: 300, onlyIf: [{ text: 'gpu_temperature_celsius < 85' }] },
          { action: 'notify' },
        ],
        cooldown: { baseSeconds: 300, factor: 2, maxSeconds: 3600, resetAfterSeconds: 21_600 },
        verify: { holdSeconds: 60, timeoutSeconds: 300 },
      },
      { name: 'comfyui-lab-failed', mode: 'dry-run', verify: { holdSeconds: 30, timeoutSeconds: 180 } },
    ]);
    const [failed] = remediator.policySet.policies;
    expect(failed?.when.map(({ label, text }) => [label, text])).toEqual([
      ['alertname', 'alertname = "UnitFailed"'],
      ['unit', 'unit =~ "comfyui@.+\\\\.service"'],
    ]);
    expect(failed?.when[1]?.matches('comfyui@a.service')).toBe(true);
    expect(failed?.when[1]?.matches('comfyui@aXservice')).toBe(false);
  });

  it('lets a policy inherit key by key: its own word, then the defaults, then the built-in ones', () => {
    const { policies } = configOf(`
remediator:
  mode: enforce
  token_file: /t
  defaults: {cooldown: {base: 10m, factor: 3}, verify: {for: 5s}}
  policies:
    - {name: own, mode: dry-run, when: [a = b], allow: [own.service], verify: {timeout: 9s}, cooldown: {base: 1s}}
    - {name: all, when: [a = b], allow: [all.service], verify: {for: 1s, timeout: 2s}, cooldown: {base: 3s, factor: 4, max: 5s, reset_after: 6s}}
    - {name: shared, when: [a = b], allow: [a.service]}
`).remediator.policySet;
    expect(policies).toMatchObject([
      {
        mode: 'dry-run',
        cooldown: { baseSeconds: 1, factor: 3, maxSeconds: 3600, resetAfterSeconds: 21_600 },
        verify: { holdSeconds: 5, timeoutSeconds: 9 },
      },
      {
        cooldown: { baseSeconds: 3, factor: 4, maxSeconds: 5, resetAfterSeconds: 6 },
        verify: { holdSeconds: 1, timeoutSeconds: 2 },
      },
      {
        mode: 'enforce',
        cooldown: { baseSeconds: 600, factor: 3 },
        verify: { holdSeconds: 5, timeoutSeconds: 180 },
      },
    ]);
  });

  it.each([
    ['left out', '', { kind: 'label', label: 'unit' }],
    ['a label', 'unit: "{{labels.service}}"', { kind: 'label', label: 'service' }],
    ['a unit', 'unit: a.service', { kind: 'literal', name: 'a.service' }],
  ])('takes a unit that is %s', (_, line, unit) => {
    expect(configOf(withPolicy(`${GOOD_POLICY}\n${line}`)).remediator.policySet.policies[0]?.unit).toEqual(
      unit,
    );
  });

  it('lets anchors and aliases save words', () => {
    const { policies } = configOf(`
remediator:
  policies:
    - {name: a, when: &when [a = b], allow: [a.service], cooldown: &slow {base: 1h}}
    - {name: b, when: *when, allow: [b.service], cooldown: *slow}
`).remediator.policySet;
    expect(policies[1]).toMatchObject({ name: 'b', cooldown: { baseSeconds: 3600 } });
    expect(policies[1]?.when[0]?.matches('b')).toBe(true);
  });

  it('tells places in a text with Windows line ends as in any other', () => {
    expect(problemsOf('exporter:\r\n  sysfs: sys\r\n')).toEqual(problemsOf('exporter:\n  sysfs: sys\n'));
  });
});

describe('what loadConfig objects to', () => {
  it.each<readonly [string, string, readonly string[]]>([
    // Keys and types.
    ['an unknown key, where the key stands', 'expoter:\n  listen: x\n', [`f.yml:1:1: expoter: ${UNKNOWN}`]],
    [
      'an unknown key inside a section',
      'exporter:\n  systemd: {inclde: ".+"}\n',
      [`f.yml:2:13: exporter.systemd.inclde: ${UNKNOWN}`],
    ],
    ['a document that is a list', '- a\n', [`f.yml:1:1: ${MAP}`]],
    ['a document that is a text', 'hello\n', [`f.yml:1:1: ${MAP}`]],
    ['a section without content', 'exporter:\n', [`f.yml:1:10: exporter: ${MAP}`]],
    ['a section that is a list', 'remediator: []\n', [`f.yml:1:13: remediator: ${MAP}`]],
    [
      'a map for a list',
      'remediator:\n  policies: {a: 1}\n',
      ['f.yml:2:13: remediator.policies: expected a list of policies, each with - name: and its keys below'],
    ],
    [
      'a key called __proto__',
      '__proto__: {remediator: {mode: enforce}}\n',
      [`f.yml:1:1: __proto__: ${UNKNOWN}`],
    ],
    [
      'a key called __proto__ further in',
      'remediator:\n  __proto__: {mode: enforce}\n',
      [`f.yml:2:3: remediator.__proto__: ${UNKNOWN}`],
    ],
    ['a key called constructor', 'constructor: 1\n', [`f.yml:1:1: constructor: ${UNKNOWN}`]],
    // The exporter.
    [
      'a choice of states that there is not',
      'exporter:\n  systemd: {unit_state: none}\n',
      ['f.yml:2:25: exporter.systemd.unit_state: expected full, nonzero or off'],
    ],
    [
      'users that are no list',
      'exporter:\n  systemd:\n    users: alice\n',
      ['f.yml:3:12: exporter.systemd.users: expected all, or a list of user names such as [alice, bob]'],
    ],
    [
      'a word where yes or no is meant',
      'exporter: {cgroup: {slices: maybe}}\n',
      ['f.yml:1:29: exporter.cgroup.slices: expected true or false'],
    ],
    [
      'an address without a port',
      'exporter: {listen: localhost}\n',
      [`f.yml:1:20: exporter.listen: ${ADDRESS}`],
    ],
    ['a port alone', 'exporter:\n  listen: 10558\n', [`f.yml:2:11: exporter.listen: ${ADDRESS}`]],
    [
      'a bad pattern',
      'exporter:\n  systemd:\n    include: "a("\n',
      [
        'f.yml:3:14: exporter.systemd.include: not a regular expression (RE2): error parsing regexp: missing closing ): `a(`',
      ],
    ],
    [
      'a relative path',
      'exporter: {sysfs: sys}\n',
      ['f.yml:1:19: exporter.sysfs: expected an absolute path, one that starts with /'],
    ],
    // The remediator.
    [
      'an unknown mode',
      'remediator: {mode: Enforce}\n',
      ['f.yml:1:20: remediator.mode: expected dry-run or enforce'],
    ],
    [
      'a duration without unit',
      'remediator:\n  defaults:\n    cooldown:\n      base: 30\n',
      [`f.yml:4:13: remediator.defaults.cooldown.base: ${DURATION}`],
    ],
    [
      'a duration in words',
      'remediator:\n  defaults:\n    verify: {timeout: five minutes}\n',
      [`f.yml:3:23: remediator.defaults.verify.timeout: ${DURATION}`],
    ],
    [
      'a factor that would shorten the cooldown',
      'remediator: {defaults: {cooldown: {factor: 0.5}}}\n',
      ['f.yml:1:44: remediator.defaults.cooldown.factor: expected a number from 1 up, such as 2'],
    ],
    [
      'an infinite factor',
      'remediator: {defaults: {cooldown: {factor: .inf}}}\n',
      ['f.yml:1:44: remediator.defaults.cooldown.factor: expected a number from 1 up, such as 2'],
    ],
    [
      'a protected pattern that is no unit name',
      'remediator:\n  protect:\n    units: ["a b"]\n',
      [
        'f.yml:3:13: remediator.protect.units[0]: expected a unit name, in which * stands for any text, such as postgresql@*',
      ],
    ],
    // How NVIDIA GPUs are read.
    ...['0s', '999ms', '61m', '-1s'].map(
      (text) =>
        [
          `nvidia-smi every ${text}`,
          `exporter:\n  gpu:\n    nvidia: {interval: ${text}}\n`,
          [
            `f.yml:3:24: exporter.gpu.nvidia.interval: expected a duration ${text === '-1s' ? 'such as 30s, 5m or 1h' : 'from 1s to 1h'}`,
          ],
        ] as const,
    ),
    ...['other/my-smi', './nvidia-smi', '/opt/', "''"].map(
      (text) =>
        [
          `nvidia-smi as ${text}`,
          `exporter:\n  gpu:\n    nvidia: {path: ${text}}\n`,
          [
            'f.yml:3:20: exporter.gpu.nvidia.path: expected a program on PATH such as nvidia-smi, or an absolute path to one',
          ],
        ] as const,
    ),
    [
      'a stream of the package',
      'exporter:\n  gpu:\n    nvidia:\n      mode: stream\n      reader: node-nvidia-smi\n',
      [
        'f.yml:4:13: exporter.gpu.nvidia.mode: expected spawn: the reader node-nvidia-smi knows no stream; the reader nvidia-smi does',
      ],
    ],
    // Policies.
    [
      'a policy without anything in it',
      'remediator:\n  policies:\n    - {}\n',
      [
        'f.yml:3:7: remediator.policies[0].name: missing: expected a name such as comfyui-failed',
        'f.yml:3:7: remediator.policies[0].when: missing: expected a list of matchers such as alertname = "UnitFailed"',
        'f.yml:3:7: remediator.policies[0].allow: missing: expected a list of unit names',
      ],
    ],
    [
      'a policy that is none',
      'remediator:\n  policies: [1]\n',
      [
        'f.yml:2:14: remediator.policies[0]: expected a map of the keys of a policy, the first of which is - name: comfyui-failed',
      ],
    ],
    [
      'a name with a space',
      withPolicy(GOOD_POLICY.replace('name: a', 'name: my policy')),
      [
        'f.yml:3:13: remediator.policies[0].name: expected a name of small letters, digits, - and _, such as comfyui-failed',
      ],
    ],
    [
      'no matcher',
      withPolicy(GOOD_POLICY.replace('[alertname = "Down"]', '[]')),
      [
        'f.yml:4:13: remediator.policies[0].when: expected at least one matcher; a policy without any would match nothing',
      ],
    ],
    [
      'a bad matcher',
      withPolicy(
        GOOD_POLICY.replace('[alertname = "Down"]', '\n  - alertname = "Down"\n  - alertname is Down'),
      ),
      [
        'f.yml:6:11: remediator.policies[0].when[1]: expected an Alertmanager matcher such as alertname = "UnitFailed" or unit =~ "comfyui@.+"',
      ],
    ],
    [
      'a matcher with a bad pattern',
      withPolicy(GOOD_POLICY.replace('alertname = "Down"', '\'a =~ "["\'')),
      ['f.yml:4:14: remediator.policies[0].when[0]: error parsing regexp: missing closing ]: `[`'],
    ],
    [
      'no unit allowed',
      withPolicy(GOOD_POLICY.replace('[a.service]', '[]')),
      ['f.yml:5:14: remediator.policies[0].allow: expected at least one unit; an empty list allows none'],
    ],
    [
      'a pattern in place of an allowed unit',
      withPolicy(GOOD_POLICY.replace('a.service', '"comfyui@*.service"')),
      [
        'f.yml:5:15: remediator.policies[0].allow[0]: expected a unit name without *: no pattern here, write out each unit, such as comfyui@a.service',
      ],
    ],
    [
      'a protected unit among the allowed ones',
      withPolicy(GOOD_POLICY.replace('[a.service]', '[a.service, sshd.service, user@0.service]')),
      [
        'f.yml:5:26: remediator.policies[0].allow[1]: expected a unit that may be touched; sshd.service is protected by sshd.service',
        'f.yml:5:40: remediator.policies[0].allow[2]: expected a unit that may be touched; user@0.service is protected by user@*',
      ],
    ],
    [
      'a unit that the same file protects',
      `${withPolicy(GOOD_POLICY)}  protect: {units: ["a.*"]}\n`,
      [
        'f.yml:5:15: remediator.policies[0].allow[0]: expected a unit that may be touched; a.service is protected by a.*',
      ],
    ],
    ...[
      '"{{ labels.unit }}.service"',
      '"{{ unit }}"',
      '"{{ labels.a-b }}"',
      '"$(reboot)"',
      'comfyui@.service',
    ].map((template): readonly [string, string, readonly string[]] => [
      `the unit template ${template}`,
      withPolicy(`${GOOD_POLICY}\nunit: ${template}`),
      [`f.yml:6:13: remediator.policies[0].unit: ${TEMPLATE}`],
    ]),
    [
      'the name of an earlier policy',
      'remediator:\n  policies:\n    - {name: a, when: [a = b], allow: [a.service]}\n    - {name: a, when: [a = b], allow: [a.service]}\n',
      [
        'f.yml:4:14: remediator.policies[1].name: expected a name of its own; a is taken by an earlier policy',
      ],
    ],
    // Tokens.
    [
      'enforcing without a token',
      'remediator:\n  mode: enforce\n',
      [
        'f.yml:2:3: remediator.token_file: missing: expected a file with a bearer token, which is needed to enforce a policy',
      ],
    ],
    [
      'one policy that enforces without a token',
      withPolicy(`${GOOD_POLICY}\nmode: enforce`),
      [
        'f.yml:2:3: remediator.token_file: missing: expected a file with a bearer token, which is needed to enforce a policy',
      ],
    ],
    ...['":10559"', '0.0.0.0:10559', '"[::]:10559"', '10.0.0.7:10559', 'box:10559'].map(
      (address): readonly [string, string, readonly string[]] => [
        `listening on ${address} without a token`,
        `remediator:\n  listen: ${address}\n`,
        [
          'f.yml:2:3: remediator.token_file: missing: expected a file with a bearer token, which is needed to listen on an address that others can reach',
        ],
      ],
    ),
    // YAML itself.
    ['a key written twice', 'exporter: {}\nexporter: {}\n', ['f.yml:2:1: Map keys must be unique']],
    ['a tab', 'exporter:\n\tlisten: x\n', ['f.yml:2:1: Tabs are not allowed as indentation']],
    [
      'a bracket that is never closed',
      'exporter: [\n',
      ['f.yml:2:1: Flow sequence in block collection must be sufficiently indented and end with a ]'],
    ],
    [
      'two documents',
      'exporter: {}\n---\nexporter: {}\n',
      ['f.yml:2:1: expected one document; remove this line, which begins another one'],
    ],
    ['a tag of its own', 'exporter: !mine {}\n', ['f.yml:1:11: Unresolved tag: !mine']],
    [
      'a tag for bytes',
      'exporter: !!binary aGk=\n',
      ['f.yml:1:11: Unresolved tag: tag:yaml.org,2002:binary'],
    ],
    [
      'an alias without its anchor',
      'exporter: *nowhere\n',
      ['f.yml:1:1: Unresolved alias (the anchor must be set before the alias): nowhere'],
    ],
    [
      'aliases that multiply without end',
      `a: &a [${'x,'.repeat(9)}]\nb: &b [${'*a,'.repeat(9)}]\nc: &c [${'*b,'.repeat(9)}]\nd: [${'*c,'.repeat(9)}]\n`,
      ['f.yml:1:1: Excessive alias count indicates a resource exhaustion attack'],
    ],
    ['an alias of itself', 'exporter: &a {x: *a}\n', [`f.yml:1:15: exporter.x: ${UNKNOWN}`]],
    [
      'a fault that an alias repeats, at both places and not as missing',
      'remediator:\n  policies:\n    - {name: a, when: [a = b], allow: [a.service], cooldown: &c {base: 2x}}\n    - {name: b, when: [a = b], allow: [a.service], cooldown: *c}\n',
      [
        `f.yml:3:72: remediator.policies[0].cooldown.base: ${DURATION}`,
        `f.yml:4:62: remediator.policies[1].cooldown.base: ${DURATION}`,
      ],
    ],
    [
      'a duration that no date can hold',
      withPolicy(`${GOOD_POLICY}\ncooldown: {base: 99999999999999999w}`),
      [
        'f.yml:6:24: remediator.policies[0].cooldown.base: expected a duration of at most 520w, which is ten years',
      ],
    ],
    [
      'a proof that takes longer than it may',
      withPolicy(`${GOOD_POLICY}\nverify: {for: 3m}`),
      [
        'f.yml:6:15: remediator.policies[0].verify: expected for (180 s) below timeout (180 s); it could never succeed',
      ],
    ],
    [
      'a cooldown that begins above its longest wait, from the defaults',
      `remediator:\n  defaults: {cooldown: {base: 2h}}\n  policies:\n    - {name: a, when: [a = b], allow: [a.service]}\n`,
      ['f.yml:2:24: remediator.defaults.cooldown: expected base (7200 s) to be at most max (3600 s)'],
    ],
    ['a NUL', 'exporter: \0\n', [`f.yml:1:11: exporter: ${MAP}`]],
    ['nothing but a NUL', '\0', [`f.yml:1:1: ${MAP}`]],
  ])('%s', (_, text, lines) => {
    expect(problemsOf(text)).toEqual(lines);
  });

  it('tells everything at once, in the order of the text', () => {
    const text = `
remediator:
  policies:
    - name: a
      when: []
      allow: [sshd.service]
      unit: "{{ nothing }}"
    - name: a
      when: [a = b]
      allow: [a.service]
      cooldown: {base: soon}
  mode: enforce
exporter:
  listen: nowhere
wrong: 1
`;
    expect(problemsOf(text)).toEqual([
      'f.yml:3:3: remediator.token_file: missing: expected a file with a bearer token, which is needed to enforce a policy',
      'f.yml:5:13: remediator.policies[0].when: expected at least one matcher; a policy without any would match nothing',
      'f.yml:6:15: remediator.policies[0].allow[0]: expected a unit that may be touched; sshd.service is protected by sshd.service',
      `f.yml:7:13: remediator.policies[0].unit: ${TEMPLATE}`,
      'f.yml:8:13: remediator.policies[1].name: expected a name of its own; a is taken by an earlier policy',
      `f.yml:11:24: remediator.policies[1].cooldown.base: ${DURATION}`,
      `f.yml:14:11: exporter.listen: ${ADDRESS}`,
      `f.yml:15:1: wrong: ${UNKNOWN}`,
    ]);
  });

  it.each([
    ['lists', 'a: '.concat('['.repeat(20_000))],
    ['closed lists', `a: ${'['.repeat(5000)}${']'.repeat(5000)}`],
    ['maps', `${'{a: '.repeat(5000)}1${'}'.repeat(5000)}`],
  ])('%s nested thousands deep', (_, text) => {
    expect(loadConfig(text).ok).toBe(false);
  });
});

describe('loadConfig on any text', { timeout: 60_000 }, () => {
  it('gives a configuration or located problems, and never throws', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        expectAnswer(text);
      }),
      { numRuns: 300 },
    );
  });

  it('does so for the example with a piece replaced', () => {
    const pieces = fc.oneof(
      anyText(),
      fc.constantFrom(
        '',
        '\n',
        '\t',
        ': ',
        '- ',
        '&a ',
        '*a',
        '!!map ',
        '? ',
        '| ',
        '> ',
        '---\n',
        '...\n',
        '[',
        '{',
      ),
      fc.constantFrom(
        '__proto__: ',
        '<<: ',
        'null',
        '~',
        '.nan',
        '1e999',
        '"',
        "'",
        '%',
        '@',
        '`',
        '\0',
        '\ufeff',
      ),
    );
    // Without comments, so that most places mean something.
    const bare = EXAMPLE.replaceAll(/^ *#.*\n/gm, '').replaceAll(/\n+/g, '\n');
    fc.assert(
      fc.property(fc.nat(bare.length), fc.nat(12), pieces, (at, length, piece) => {
        expectAnswer(bare.slice(0, at) + piece + bare.slice(at + length));
      }),
      { numRuns: 500 },
    );
  });

  function expectAnswer(text: string): void {
    const loaded = loadConfig(text);
    if (loaded.ok) return;
    expect(loaded.problems).not.toEqual([]);
    for (const { line, column, message } of loaded.problems) {
      expect(line).toBeGreaterThanOrEqual(1);
      expect(line).toBeLessThanOrEqual(text.split('\n').length);
      expect(column).toBeGreaterThanOrEqual(1);
      expect(message).not.toBe('');
    }
  }
});
