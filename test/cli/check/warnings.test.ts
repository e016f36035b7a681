import { describe, expect, it } from 'vitest';
import { policyWarnings } from '../../../src/cli/check/warnings.ts';
import { policySetOf } from '../../config/remediator/problems.ts';

/** The warnings of a configuration with one policy `p` that is enforced. */
function warningsOf(policy: string, others = ''): readonly string[] {
  const text = `remediator: {token_file: /t, mode: enforce, ${others} policies: [{name: p, ${policy}}]}`;
  return policyWarnings(policySetOf(text));
}

const ONE = 'when: [a = b], unit: a.service, allow: [a.service]';
const ANY =
  'warning: p: its when asks for no kind of alert, so it acts on nearly every alert about its units; name one, as in alertname = "UnitFailed"';

describe('a wait on the last step', () => {
  it.each([
    ['restart: , wait: 10m', 1],
    ['start: , wait: 10m', 1],
    ['run: b.service, then: restart, wait: 10m', 1],
    ['restart: , wait: 1m', 0],
    ['stop: , wait: 10m', 0],
    ['run: b.service, wait: 10m', 0],
  ])('does nothing if that is a start: %s', (step, count) => {
    const warning =
      'warning: p: wait: 10m in step 2 does nothing: it counts after a step, and none comes after this one; to wait before it, write it in the step above';
    expect(warningsOf(`${ONE}, steps: [reload, {${step}}]`)).toEqual(Array(count).fill(warning));
  });

  it('is not one on a step before it', () => {
    expect(warningsOf(`${ONE}, steps: [{restart: , wait: 10m}, restart]`)).toEqual([]);
  });
});

describe('when', () => {
  const about = (when: string) => `when: [${when}], unit: a.service, allow: [a.service]`;

  it.each([
    'alertname =~ ".*"',
    'alertname =~ ".+"',
    'alertname != A',
    'alertname !~ "A.*", severity != info',
    'team = ""',
    'unit = a.service',
  ])('that asks for no kind of alert is told: %s', (when) => {
    expect(warningsOf(about(when))).toEqual([ANY]);
  });

  it.each(['alertname = A', 'alertname =~ "A|B"', 'severity = critical, alertname != A'])(
    'that asks for one is not: %s',
    (when) => {
      expect(warningsOf(about(when))).toEqual([]);
    },
  );
});

describe('units', () => {
  it('that can never be meant are told', () => {
    expect(warningsOf('when: [a = b], unit: a.service, allow: [c.service, a.service]')).toEqual([
      'warning: p: allow names c.service in vain: its unit is another one',
    ]);
    expect(warningsOf('when: [a = b, unit =~ "a.*"], allow: [a.service, c.service, d.service]')).toContain(
      'warning: p: allow names c.service and d.service in vain: its when never lets them through',
    );
  });

  it('that a step names and that may be meant as well are told', () => {
    const steps = 'steps: [{restart: {also: [b.service, x.service]}}, {run: b.service}]';
    expect(warningsOf(`when: [a = b], allow: [a.service, b.service], ${steps}`)).toContain(
      'warning: p: its steps name b.service, which an alert may be about as well; then the step names the unit itself',
    );
    expect(warningsOf(`${ONE}, ${steps}`)).toEqual([]);
  });
});

describe('budgets', () => {
  it('that end before the ladder does are told', () => {
    const steps = 'steps: [restart, stop, {notify: x}]';
    expect(warningsOf(`${ONE}, ${steps}`, 'budgets: {host: {limits: ["1 per 30m"]}},')).toEqual([
      'warning: p: 2 steps of its ladder do something, but the budget of this machine allows 1 within any 30m; those after are refused',
    ]);
    expect(warningsOf(`${ONE}, ${steps}`, 'budgets: {host: {limits: ["2 per 30m"]}},')).toEqual([]);
  });
});

describe('windows', () => {
  it('that never end are told', () => {
    const windows = '[{name: w, cron: "@daily", lasts: 24h, block: [stop, run]}]';
    expect(warningsOf(ONE, `windows: ${windows},`)).toEqual([
      'warning: window w begins again before it has ended, so stop or run is never done',
    ]);
  });
});
