import { describe, expect, it } from 'vitest';
import type { LedgerLine } from '../../src/domain/ledger.ts';
import { openLedger } from '../../src/remediator/ledger.ts';
import { formatLedgerLine, parseLedgerLine } from '../../src/remediator/ledger-line.ts';
import { createFakeLedger, eventsOf, lineOf } from '../fakes/ledger.ts';
import { aPolicy, NOON } from '../fakes/repairs.ts';

describe('a line of the ledger', () => {
  it.each(Object.entries(lineOf))('of kind %s survives being written and read', (_kind, make) => {
    const line: LedgerLine = make();
    const text = formatLedgerLine(line);
    expect(text).not.toContain('\n');
    expect(parseLedgerLine(text)).toEqual(line);
  });

  it.each([
    ['half a line', '{"v":1,"at":"2026', 'not JSON'],
    ['no object', '7', 'not an object'],
    [
      'another format',
      formatLedgerLine(lineOf.received()).replace('"v":1', '"v":2'),
      'format version 2; this fettle reads 1',
    ],
    [
      'an unknown event',
      formatLedgerLine(lineOf.received()).replace('received', 'deceived'),
      'unknown event deceived',
    ],
    ['no time', formatLedgerLine(lineOf.received()).replace(NOON.toISOString(), 'noon'), 'no time in "at"'],
    ['no id', formatLedgerLine(lineOf.started()).replace('"id"', '"di"'), 'no "id"'],
    [
      'no fingerprint',
      formatLedgerLine(lineOf.resolved()).replace('"fingerprint"', '"print"'),
      'no "fingerprint"',
    ],
  ])('is not believed if it is %s', (_what, text, problem) => {
    expect(parseLedgerLine(text)).toBe(problem);
  });
});

describe('a ledger', () => {
  it('begins with the history of its lines', () => {
    const { ledger } = createFakeLedger([lineOf.received(), lineOf.refused()]);
    expect(ledger.history.isTakenIn('f1', NOON, aPolicy(), NOON)).toBe(true);
  });

  it('does not open over a line that it cannot believe, and says which', () => {
    const texts = [formatLedgerLine(lineOf.received()), 'rubbish'];
    expect(() => openLedger('/var/lib/fettle/ledger.jsonl', texts, async () => undefined)).toThrow(
      /^\/var\/lib\/fettle\/ledger\.jsonl:2: not a line of the ledger \(not JSON\); fettle does not repair until/,
    );
  });

  it('takes a line into its history once it is on the disk', async () => {
    const { ledger, disk } = createFakeLedger();
    await ledger.append([lineOf.received()]);
    expect(eventsOf(disk)).toEqual(['received']);
    expect(ledger.history.unended('received').length).toBe(1);
  });

  it('knows nothing of a line that could not be written, and counts the error', async () => {
    const { ledger, disk } = createFakeLedger();
    disk.full = true;
    await expect(ledger.append([lineOf.received()])).rejects.toThrow('no space left');
    expect(ledger.history.unended('received')).toEqual([]);
    expect(ledger.errors).toBe(1);
  });
});
