import { describe, expect, it } from 'vitest';
import { PROTECTED_UNITS } from '../../../src/domain/protected-units.ts';
import { policySetOf, policyWith, problemsOf, withPolicy } from './problems.ts';

const POLICY = '{name: a, when: [alertname = Down], allow: [a.service]}';

describe('the set of policies', () => {
  it('is what is built in where nothing is said', () => {
    expect(policySetOf('')).toEqual({
      policies: [],
      protectedUnits: PROTECTED_UNITS,
      budget: { concurrent: 1, limits: [{ count: 6, windowSeconds: 3600 }] },
      storm: { units: 5, windowSeconds: 120 },
      windows: [],
      gates: { xid: true, maxCelsius: 95 },
      alertmanager: undefined,
    });
  });

  it('takes what is said', () => {
    const set = policySetOf(`remediator:
  alertmanager: {url: "https://am.lan/prefix/", bearer_token_file: /etc/fettle/am, timeout: 2s}
  budgets: {host: {concurrent: 2, limits: ["1 per 90s", "4 per 1d"]}}
  storm: {units: 2, within: 30s}
  gates: {xid: false, max_celsius: off}
  protect: {units: ["postgresql@*"]}
`);
    expect(set).toMatchObject({
      alertmanager: { url: 'https://am.lan/prefix', bearerTokenFile: '/etc/fettle/am', timeoutSeconds: 2 },
      budget: {
        concurrent: 2,
        limits: [
          { count: 1, windowSeconds: 90 },
          { count: 4, windowSeconds: 86_400 },
        ],
      },
      storm: { units: 2, windowSeconds: 30 },
      gates: { xid: false, maxCelsius: undefined },
    });
    expect(set.protectedUnits).toContain('postgresql@*');
  });

  it.each(['http://127.0.0.1:9093', 'http://[::1]:9093/', 'http://alertmanager:9093//'])(
    'takes the Alertmanager %s',
    (url) => {
      const { alertmanager } = policySetOf(`remediator: {alertmanager: {url: "${url}"}}`);
      expect(alertmanager).toEqual({
        url: url.replace(/\/+$/, ''),
        bearerTokenFile: undefined,
        timeoutSeconds: 2,
      });
    },
  );
});

describe('a policy', () => {
  it('has what is built in where neither it nor the defaults say anything', () => {
    expect(policyWith('')).toMatchObject({
      mode: 'dry-run',
      giveUpSeconds: 21_600,
      cooldown: { baseSeconds: 120, factor: 2, maxSeconds: 3600, resetAfterSeconds: 21_600 },
      limits: [
        { count: 3, windowSeconds: 3600 },
        { count: 10, windowSeconds: 86_400 },
      ],
      verify: { holdSeconds: 30, timeoutSeconds: 180, probe: undefined, gpuMemoryFreed: false },
      maxAlertAgeSeconds: 600,
      blame: { otherHandsSeconds: 1800, packagesSeconds: 600, bootSeconds: 300 },
      undoesOnResolve: true,
    });
  });

  it('has its own word, then that of the defaults', () => {
    const text = (own: string) => `
probes: [{name: p, tcp: {host: h, port: 1}}, {name: q, tcp: {host: h, port: 1}}]
remediator:
  defaults:
    limits: ["2 per 5m"]
    max_alert_age: 3m
    give_up: {hold: 1h}
    verify: {probe: p, gpu_memory_freed: true}
    blame: {other_hands: 0s, boot: 1m}
  policies: [{name: a, when: [a = b], allow: [a.service]${own}}]
`;
    const [shared] = policySetOf(text('')).policies;
    expect(shared).toMatchObject({
      giveUpSeconds: 3600,
      limits: [{ count: 2, windowSeconds: 300 }],
      verify: { probe: 'p', gpuMemoryFreed: true },
      maxAlertAgeSeconds: 180,
      blame: { otherHandsSeconds: 0, packagesSeconds: 600, bootSeconds: 60 },
    });
    const words =
      ', limits: ["1 per 1h"], max_alert_age: 1m, verify: {probe: q, gpu_memory_freed: false}, blame: {boot: 0s}, on_resolve: nothing, steps: [stop, give_up: {hold: 5m}]';
    expect(policySetOf(text(words)).policies[0]).toMatchObject({
      giveUpSeconds: 300,
      limits: [{ count: 1, windowSeconds: 3600 }],
      verify: { probe: 'q', gpuMemoryFreed: false },
      maxAlertAgeSeconds: 60,
      blame: { otherHandsSeconds: 0, packagesSeconds: 600, bootSeconds: 0 },
      undoesOnResolve: false,
    });
  });
});

const LIMIT = 'expected a limit such as "3 per 1h"';
const UNITS = 'expected a whole number from 2 up; with 1 nothing would ever be repaired';
const CELSIUS = 'expected a temperature in degrees Celsius from 30 to 150, or off';
const URL_EXPECTED = 'expected the address of an Alertmanager such as http://127.0.0.1:9093';
const NO_TIME = 'expected a duration of more than 0, such as 30s, 5m or 1h';
const CONCURRENT = 'expected a whole number from 1 to 100';

describe('what is wrong with what holds for all policies', () => {
  it.each<readonly [string, string]>([
    ['storm: {units: 1}', `storm.units: ${UNITS}`],
    ['storm: {units: 2.5}', `storm.units: ${UNITS}`],
    ['storm: {within: 0s}', `storm.within: ${NO_TIME}`],
    ['budgets: {host: {concurrent: 0}}', `budgets.host.concurrent: ${CONCURRENT}`],
    ['budgets: {host: {concurrent: 101}}', `budgets.host.concurrent: ${CONCURRENT}`],
    [
      'budgets: {host: {limits: []}}',
      'budgets.host.limits: expected at least one limit; leave limits out for the usual ones',
    ],
    ['budgets: {fleet: {}}', 'budgets.fleet: unknown key; remove it or mend its spelling'],
    ['defaults: {limits: ["3 in 1h"]}', `defaults.limits[0]: ${LIMIT}`],
    ['defaults: {limits: ["3 per 0s"]}', `defaults.limits[0]: ${LIMIT}`],
    ['defaults: {limits: ["3 per hour"]}', `defaults.limits[0]: ${LIMIT}`],
    ['defaults: {limits: ["-3 per 1h"]}', `defaults.limits[0]: ${LIMIT}`],
    ['defaults: {limits: ["3 per 99999w"]}', `defaults.limits[0]: ${LIMIT}`],
    [
      'defaults: {limits: ["0 per 1h"]}',
      'defaults.limits[0]: expected at least 1; a policy that is to do nothing has mode: dry-run',
    ],
    [
      'defaults: {limits: 3 per 1h}',
      'defaults.limits: expected a list of limits such as ["3 per 1h", "10 per 24h"]',
    ],
    ['defaults: {max_alert_age: 0s}', `defaults.max_alert_age: ${NO_TIME}`],
    ['defaults: {give_up: {hold: 0s}}', `defaults.give_up.hold: ${NO_TIME}`],
    ['defaults: {blame: {boot: soon}}', 'defaults.blame.boot: expected a duration such as 30s, 5m or 1h'],
    [
      'defaults: {verify: {probe: p}}',
      'defaults.verify.probe: expected the name of a probe in probes: there is no p; there are none',
    ],
    ['gates: {max_celsius: 10}', `gates.max_celsius: ${CELSIUS}`],
    ['gates: {max_celsius: hot}', `gates.max_celsius: ${CELSIUS}`],
    ['gates: {xid: off}', 'gates.xid: expected true or false'],
    ['alertmanager: {}', `alertmanager.url: missing: ${URL_EXPECTED}`],
    ['alertmanager: {url: "127.0.0.1:9093"}', `alertmanager.url: ${URL_EXPECTED}`],
    ['alertmanager: {url: "file:///etc"}', `alertmanager.url: ${URL_EXPECTED}`],
    ['alertmanager: {url: "http://a?b=c"}', `alertmanager.url: ${URL_EXPECTED}`],
    [
      'alertmanager: {url: "http://u:p@a"}',
      `alertmanager.url: ${URL_EXPECTED}, without a user; a secret goes into bearer_token_file`,
    ],
    [
      'alertmanager: {url: "http://a", timeout: 2001ms}',
      'alertmanager.timeout: expected a duration of at most 2s; nothing else that is read before a step is waited for longer',
    ],
    ['alertmanager: {url: "http://a", timeout: 0s}', `alertmanager.timeout: ${NO_TIME}`],
    [
      `policies: [${POLICY.replace('}', ', on_resolve: undo}')}]`,
      'policies[0].on_resolve: expected undo_throttle or nothing',
    ],
    [
      `policies: [${POLICY.replace('}', ', unit: b.service}')}]`,
      'policies[0].allow: expected b.service among them, the unit of this policy; without it nothing is ever done',
    ],
    [
      `policies: [${POLICY.replace('}', ', before: []}')}]`,
      'policies[0].before: unknown key; remove it or mend its spelling',
    ],
  ])('%s', (text, line) => {
    expect(
      problemsOf(`remediator: {${text}}`).map((one) => one.replace(/^f\.yml:1:\d+: remediator\./, '')),
    ).toEqual([line]);
  });

  it('names the probes that there are', () => {
    const probes = 'probes: [{name: p, tcp: {host: h, port: 1}}, {name: q, tcp: {host: h, port: 1}}]\n';
    expect(problemsOf(`${withPolicy('verify: {probe: r}')}${probes}`)).toEqual([
      'f.yml:6:23: remediator.policies[0].verify.probe: expected the name of a probe in probes: there is no r; there are p, q',
    ]);
    expect(problemsOf(`${withPolicy('verify: {probe: q}')}${probes}`)).toEqual([]);
  });

  it('takes at most so many policies that a person can read them', () => {
    const policies = Array.from(
      { length: 501 },
      (_, index) => `{name: p${index}, when: [a = "${index}"], allow: [a.service]}`,
    );
    expect(problemsOf(`remediator: {policies: [${policies.join(', ')}]}`)).toEqual([
      'f.yml:1:24: remediator.policies: expected at most 500 policies',
    ]);
    expect(problemsOf(`remediator: {policies: [${policies.slice(1).join(', ')}]}`)).toEqual([]);
  });
});
