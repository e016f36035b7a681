import { describe, expect, it } from 'vitest';
import { createJournalCollector } from '../../src/collectors/journal.ts';
import type { JournalReading } from '../../src/domain/journal.ts';

const READING: JournalReading = {
  up: true,
  lagSeconds: 0.25,
  restarts: 2,
  counts: {
    units: [
      { unit: 'a.service', user: undefined, priorities: [{ priority: 'err', messages: 3, bytes: 300 }] },
      { unit: 'b.service', user: 'alice', priorities: [{ priority: '', messages: 1, bytes: 0 }] },
    ],
    rules: [
      { rule: 'r', unit: 'a.service', user: undefined, matches: 2, lastSeconds: 1700 },
      { rule: 'r', unit: 'b.service', user: 'alice', matches: 0, lastSeconds: undefined },
    ],
    gaps: 1,
    dropped: { malformed: 0, too_long: 4, missed: 5 },
  },
};

async function samplesOf(reading: JournalReading | undefined) {
  const blocks = await createJournalCollector(() => reading).collect(new AbortController().signal);
  return blocks
    .flatMap((block) => block.samples())
    .map(({ metric, labels, value }) => [metric.name, labels, value]);
}

const A = { unit: 'a.service', scope: 'system', user: '' };
const B = { unit: 'b.service', scope: 'user', user: 'alice' };

const READER = [
  ['journal_reader_up', {}, 1],
  ['journal_reader_lag_seconds', {}, 0.25],
  ['journal_reader_restarts_total', {}, 2],
];

describe('createJournalCollector', () => {
  it('gives what was counted, and how the reader is doing', async () => {
    expect(await samplesOf(READING)).toEqual([
      ['journal_messages_total', { ...A, priority: 'err' }, 3],
      ['journal_message_bytes_total', { ...A, priority: 'err' }, 300],
      ['journal_messages_total', { ...B, priority: '' }, 1],
      ['journal_message_bytes_total', { ...B, priority: '' }, 0],
      ['journal_pattern_matches_total', { rule: 'r', ...A }, 2],
      ['journal_pattern_last_match_timestamp_seconds', { rule: 'r', ...A }, 1700],
      ['journal_pattern_matches_total', { rule: 'r', ...B }, 0],
      ['journal_reader_dropped_total', { reason: 'malformed' }, 0],
      ['journal_reader_dropped_total', { reason: 'too_long' }, 4],
      ['journal_reader_dropped_total', { reason: 'missed' }, 5],
      ['journal_gaps_total', {}, 1],
      ...READER,
    ]);
  });

  it('gives no counts that are held back', async () => {
    expect(await samplesOf({ ...READING, counts: undefined })).toEqual(READER);
  });

  it('gives nothing where there is no journal', async () => {
    expect(await samplesOf(undefined)).toEqual([]);
  });
});
