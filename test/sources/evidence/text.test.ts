import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JournalMessage } from '../../../src/domain/journal.ts';
import type { KernelNotice } from '../../../src/domain/kernel-log.ts';
import type { EvidenceParts } from '../../../src/sources/evidence/parts.ts';
import { beginningOf, withoutMiddle } from '../../../src/sources/evidence/shorten.ts';
import { evidenceText, LARGEST_EVIDENCE } from '../../../src/sources/evidence/text.ts';
import { anyText } from '../../fakes/any-text.ts';
import { anySecret, pemLines, SECRETS } from './any-secret.ts';

const known = <T>(value: T) => ({ known: true as const, value });

const message = (text: string, more: Partial<JournalMessage> = {}): JournalMessage => ({
  seconds: 1_700_000_000.5,
  unit: 'x.service',
  uid: undefined,
  priority: 'err',
  identifier: 'python',
  pid: 7,
  text,
  ...more,
});

const notice = (text: string, collapsed = 0): KernelNotice => ({
  event: {
    kind: 'xid',
    pciBusId: '0000:01:00.0',
    xid: 48,
    pid: undefined,
    processName: '',
    gpuInstance: undefined,
    recoveryAction: undefined,
  },
  seconds: 1_700_000_000,
  replayed: false,
  uuid: '',
  unit: undefined,
  collapsed,
  text,
});

const PARTS: EvidenceParts = {
  takenAt: new Date('2026-11-21T12:00:00Z'),
  unit: {
    ref: { manager: 'systemd', scope: 'system', name: 'x.service' },
    id: 'x.service',
    names: ['x.service'],
    loadState: 'loaded',
    activeState: 'failed',
    subState: 'failed',
    result: 'exit-code',
    invocationId: '0123456789abcdef0123456789abcdef',
    canStart: true,
    canStop: true,
    canReload: false,
    isTransient: false,
    changedAt: new Date('2026-11-21T11:59:00Z'),
    restarts: 3,
    endedByOrder: false,
    isOneshot: false,
  },
  properties: known({ Type: 'simple', NRestarts: 3, StatusText: 'serving' }),
  cgroup: known({ 'memory.current': 100, 'memory.events.oomKill': 1 }),
  gpuProcesses: known([
    { pid: 7, name: 'python', type: 'C', memoryBytes: 5, gpu: '0', pciBusId: '0000:01:00.0' },
  ]),
  journal: known({ messages: [message('it broke')], tooLong: 0, isPartial: false }),
  xids: known([{ pciBusId: '0000:01:00.0', uuid: '', xid: '48', count: 2, lastSeconds: 1_700_000_000 }]),
  kernel: known([notice('NVRM: Xid 48', 2)]),
};

const saying = (...texts: readonly string[]): EvidenceParts => ({
  ...PARTS,
  journal: known({ messages: texts.map((text) => message(text)), tooLong: 0, isPartial: false }),
});

describe('evidence', () => {
  it('is JSON that a person can read', () => {
    expect(JSON.parse(evidenceText(PARTS))).toEqual({
      v: 1,
      takenAt: '2026-11-21T12:00:00.000Z',
      unit: {
        manager: 'systemd',
        scope: 'system',
        name: 'x.service',
        id: 'x.service',
        activeState: 'failed',
        subState: 'failed',
        result: 'exit-code',
        invocationId: '0123456789abcdef0123456789abcdef',
        restarts: 3,
        changedAt: '2026-11-21T11:59:00.000Z',
      },
      properties: { Type: 'simple', NRestarts: 3, StatusText: 'serving' },
      cgroup: { 'memory.current': 100, 'memory.events.oomKill': 1 },
      gpuProcesses: [
        { pid: 7, name: 'python', type: 'C', memoryBytes: 5, gpu: '0', pciBusId: '0000:01:00.0' },
      ],
      xids: [{ pciBusId: '0000:01:00.0', uuid: '', xid: '48', count: 2, last: '2023-11-14T22:13:20.000Z' }],
      kernel: ['2023-11-14T22:13:20.000Z NVRM: Xid 48 (and 2 like it before)'],
      journal: ['2023-11-14T22:13:20.500Z err python[7]: it broke'],
      missing: {},
    });
    expect(evidenceText(PARTS).split('\n').length).toBeGreaterThan(30);
  });

  it('tells what is missing, and why', () => {
    const missing = (why: string) => ({ known: false as const, why });
    const text = evidenceText({
      ...PARTS,
      journal: missing('late: password=hunter2'),
      properties: missing('no bus'),
      cgroup: missing('no idea'),
      gpuProcesses: missing('hangs'),
      xids: missing('no log'),
      kernel: missing('no log'),
    });
    expect(JSON.parse(text)).toMatchObject({
      journal: [],
      properties: null,
      missing: {
        journal: 'late: password=[masked]',
        properties: 'no bus',
        cgroup: 'no idea',
        gpuProcesses: 'hangs',
        xids: 'no log',
        kernel: 'no log',
      },
    });
    const partly = evidenceText({ ...PARTS, journal: known({ messages: [], tooLong: 2, isPartial: true }) });
    expect(JSON.parse(partly)).toMatchObject({
      missing: { journal: expect.stringMatching(/^2 messages.*may not see/) },
    });
  });

  it('is never too large, whatever the unit writes, and says what was cut', () => {
    const escapes = saying(...Array.from({ length: 200 }, () => '\u0001'.repeat(20_000)));
    const long = saying(...Array.from({ length: 200 }, (_, index) => `${index} ${'word '.repeat(9000)}end`));
    for (const parts of [escapes, long]) {
      const text = evidenceText(parts);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(LARGEST_EVIDENCE);
      expect(JSON.parse(text)).toMatchObject({
        cut: expect.stringMatching(/^texts of more than \d+ characters/),
      });
      expect(JSON.parse(text).journal).toHaveLength(200);
    }
    const one = JSON.parse(evidenceText(saying(`begin ${'word '.repeat(2000)} end`)));
    expect(one.journal[0]).toMatch(/python\[7\]: begin word.*characters left out\].*word {2}end$/s);
  });

  it.each(Object.keys(SECRETS))('has no secret in it: %s', (kind) => {
    fc.assert(
      fc.property(anySecret(kind), anyText(), ({ text, secrets }, other) => {
        const found = evidenceText({
          ...saying(other, text, other),
          properties: known({ StatusText: text, Description: `${other} ${text}` }),
          kernel: known([notice(text)]),
          gpuProcesses: known([{ pid: 7, name: text, type: 'C', memoryBytes: 5, gpu: '0', pciBusId: '' }]),
        });
        for (const secret of secrets) expect(found).not.toContain(JSON.stringify(secret).slice(1, -1));
      }),
      { numRuns: 50 },
    );
  });

  it('has no part of a key that was written line by line, between lines of others', () => {
    fc.assert(
      fc.property(pemLines(), (lines) => {
        const messages = lines.flatMap((line) => [message(line), message('something else', { pid: 8 })]);
        const text = evidenceText({ ...PARTS, journal: known({ messages, tooLong: 0, isPartial: false }) });
        for (const line of lines.slice(1, -1)) expect(text).not.toContain(line);
        expect(
          JSON.parse(text).journal.filter((line: string) => line.endsWith('something else')),
        ).toHaveLength(lines.length);
      }),
      { numRuns: 50 },
    );
  });

  it('has no secret that a cut has made unknowable', () => {
    const token = `ghp_${'a1B2'.repeat(9)}`;
    for (let before = 16_330; before < 16_400; before += 1) {
      const filler = 'x'.repeat(7).concat(' ').repeat(3000).slice(0, before);
      expect(evidenceText(saying(`${filler} ${token}`))).not.toMatch(/ghp_a/);
    }
  });
});

describe('shortening', () => {
  it('keeps a beginning of whole words', () => {
    expect(beginningOf('one two three', 100)).toBe('one two three');
    expect(beginningOf('one two three', 9)).toBe('one two  [5 characters left out]');
    expect(beginningOf('x'.repeat(2000), 1000)).toBe(`${'x'.repeat(488)} [1512 characters left out]`);
  });

  it('keeps both ends', () => {
    expect(withoutMiddle('abcdef', 6)).toBe('abcdef');
    expect(withoutMiddle('abcdefghi', 6)).toBe('abcd [3 characters left out] hi');
  });
});
