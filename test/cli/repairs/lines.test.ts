import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { repairLines } from '../../../src/cli/repairs/lines.ts';
import { wrapped } from '../../../src/cli/repairs/wrapped.ts';
import type { LedgerLine } from '../../../src/domain/ledger.ts';
import { History } from '../../../src/policy/history.ts';
import { repairEntry } from '../../../src/remediator/repair-entry.ts';
import { lineOf, secondsAfterNoon, throttledLine } from '../../fakes/ledger.ts';
import { afterNoon } from '../../fakes/repairs.ts';

function entriesOf(...lines: readonly LedgerLine[]) {
  const history = new History();
  for (const line of lines) history.apply(line);
  const entries = history.recent(100).map(repairEntry);
  return entries.map((entry) => ({
    ...entry,
    steps: entry.steps.map((step) => ({ ...step, evidenceFile: step.evidence && `/evidence/${step.step}` })),
  }));
}

/** Without the time, which is local. */
function shown(lines: readonly LedgerLine[], width?: number, colours = false): readonly string[] {
  const all = repairLines(entriesOf(...lines), { width, colours });
  return all.map((line) => line.replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'TIME'));
}

const STORY: readonly LedgerLine[] = [
  lineOf.received(),
  throttledLine(secondsAfterNoon(1)),
  lineOf.finished({ action: 'throttle', detail: 'throttled', ...secondsAfterNoon(2) }),
  lineOf.started({ step: 1, ...secondsAfterNoon(60) }),
  lineOf.finished({ step: 1, result: 'failed', detail: 'it died', seconds: 75, ...secondsAfterNoon(135) }),
  lineOf.ended({ ending: 'exhausted', detail: 'no step of the ladder helped', hold: 60 }),
  lineOf.undone(),
  lineOf.resolved(),
];

describe('repairs as a table', () => {
  it('tell each step, how it ended, and what was put back', () => {
    expect(shown(STORY)).toEqual([
      'WHEN                 UNIT       OUTCOME    POLICY  ALERT',
      'TIME  a.service  exhausted  p       UnitFailed (over)',
      '    step 1: throttle succeeded after 1s: throttled; what it changed was put back',
      '    step 2: restart failed after 1m 15s: it died',
      '    exhausted: no step of the ladder helped',
    ]);
  });

  it('tell why each rail refused, and from when on it is looked at again', () => {
    const again = afterNoon(60).toISOString();
    const denials = [
      { rail: 'cooldown', reason: 'too soon', retryAt: afterNoon(60).toISOString() },
      { rail: 'circuit', reason: `given up until ${again}`, retryAt: again },
      { rail: 'allow-list', reason: 'not allowed' },
    ];
    expect(shown([lineOf.received(), lineOf.refused({ denials })]).slice(1)).toEqual([
      'TIME  a.service  refused  p       UnitFailed',
      '    refused by cooldown: too soon (looked at again from TIME)',
      `    refused by circuit: given up until ${again}`,
      '    refused by allow-list: not allowed',
    ]);
  });

  it('tell what is under way, newest first', () => {
    const lines = [lineOf.received({ id: 'old', fingerprint: 'f0' }), lineOf.received(), lineOf.started()];
    expect(shown(lines).slice(1)).toEqual([
      'TIME  a.service  working   p       UnitFailed',
      '    step 1: restart, since TIME',
      'TIME  a.service  received  p       UnitFailed',
    ]);
  });

  it('name the evidence of a step', () => {
    const lines = [lineOf.received(), lineOf.started({ evidence: 'abc' })];
    expect(shown(lines).at(-1)).toBe('    evidence: /evidence/0');
  });

  it('show the outcome rather than the time where both have no room', () => {
    const [headings, row] = shown(STORY, 40);
    expect(headings).toBe('UNIT       OUTCOME');
    expect(row).toBe('a.service  exhausted');
  });

  it('leave columns out where there is little room, wrap sentences, and colour what is bad', () => {
    expect(shown(STORY, 42, true)).toEqual([
      'WHEN                 UNIT       OUTCOME',
      'TIME  a.service  \u001b[31mexhausted\u001b[0m',
      '    step 1: throttle succeeded after 1s:',
      '    throttled; what it changed was put',
      '    back',
      '    step 2: restart failed after 1m 15s:',
      '    it died',
      '    exhausted: no step of the ladder',
      '    helped',
    ]);
  });

  it('never steer a terminal, whatever stands in a label or a reason', () => {
    const evil = 'a\u001b[2J\n\u202e.service';
    const denials = [{ rail: 'r', reason: evil }];
    const lines = shown([
      lineOf.received({ unit: evil, alertname: evil }),
      lineOf.refused({ unit: evil, denials }),
    ]);
    expect(lines.join('')).not.toMatch(/[^\x20-\x7e]/);
    expect(lines.length).toBe(3);
  });
});

describe('wrapping', () => {
  it('keeps every word, and no line is too long', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z ]{0,80}$/), fc.integer({ min: -1, max: 30 }), (text, width) => {
        const lines = wrapped(text, width);
        expect(lines.every((line) => line.length <= Math.max(1, width))).toBe(true);
        expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
      }),
    );
  });
});
