import type {
  JournalCounts,
  JournalReading,
  JournalUnit,
  RuleMatches,
  UnitMessages,
} from '../domain/journal.ts';
import { defineMetric, type Sample, sample } from '../domain/metric.ts';
import { createBlocks } from './blocks.ts';
import { blockOf, type Collector } from './collector.ts';

const SOURCE =
  'journalctl --follow --output=json; _SYSTEMD_UNIT and _SYSTEMD_USER_UNIT as journald says them';

const MESSAGES = defineMetric({
  name: 'journal_messages_total',
  help: 'Messages in the journal since fettle first read it, also before its last start; an empty unit is that of the kernel and others without.',
  type: 'counter',
  labels: ['unit', 'scope', 'user', 'priority'],
  source: SOURCE,
});

const BYTES = defineMetric({
  name: 'journal_message_bytes_total',
  help: 'Bytes of the texts of messages in the journal.',
  type: 'counter',
  labels: ['unit', 'scope', 'user', 'priority'],
  source: SOURCE,
});

const MATCHES = defineMetric({
  name: 'journal_pattern_matches_total',
  help: 'Messages in which a configured pattern was found; 0 for each unit it is about, once that has sent a message.',
  type: 'counter',
  labels: ['rule', 'unit', 'scope', 'user'],
  source: `${SOURCE}; MESSAGE, the first 8192 characters`,
});

const LAST_MATCH = defineMetric({
  name: 'journal_pattern_last_match_timestamp_seconds',
  help: 'Unix time of the last message in which a configured pattern was found; left out if there was none.',
  type: 'gauge',
  labels: ['rule', 'unit', 'scope', 'user'],
  source: '__REALTIME_TIMESTAMP',
});

const UP = defineMetric({
  name: 'journal_reader_up',
  help: 'Whether the journal is being read.',
  type: 'gauge',
  labels: [],
  source: 'the reader itself',
});

const LAG = defineMetric({
  name: 'journal_reader_lag_seconds',
  help: 'How long ago the message was written that was read last; 0 if nothing has come after it for a second.',
  type: 'gauge',
  labels: [],
  source: 'the reader itself, __REALTIME_TIMESTAMP',
});

const RESTARTS = defineMetric({
  name: 'journal_reader_restarts_total',
  help: 'Times that journalctl was started again, because it had ended, fallen silent or left messages out.',
  type: 'counter',
  labels: [],
  source: 'the reader itself',
});

const DROPPED = defineMetric({
  name: 'journal_reader_dropped_total',
  help: 'Messages that were not counted: malformed, too_long (a line over 512 KiB), missed (removed before they were read).',
  type: 'counter',
  labels: ['reason'],
  source: 'the reader itself; the numbers that journald gives to messages',
});

const GAPS = defineMetric({
  name: 'journal_gaps_total',
  help: 'Times that messages were removed from the journal before they were read.',
  type: 'counter',
  labels: [],
  source: 'the numbers that journald gives to messages',
});

/** What the journal has told; nothing where there is none. */
export function createJournalCollector(read: () => JournalReading | undefined): Collector {
  const unitBlocks = createBlocks(nameOf, unitSamples);
  return {
    name: 'journal',
    metrics: [MESSAGES, BYTES, MATCHES, LAST_MATCH, UP, LAG, RESTARTS, DROPPED, GAPS],
    collect() {
      const reading = read();
      if (reading === undefined) return [];
      const { counts } = reading;
      const own = blockOf(readerSamples(reading));
      return counts === undefined ? [own] : [...unitBlocks(counts.units), blockOf(countSamples(counts)), own];
    },
  };
}

/** Samples of the reader itself. */
function readerSamples({ up, lagSeconds, restarts }: JournalReading): readonly Sample[] {
  return [
    sample(UP, {}, up ? 1 : 0),
    ...(lagSeconds === undefined ? [] : [sample(LAG, {}, lagSeconds)]),
    sample(RESTARTS, {}, restarts),
  ];
}

function countSamples({ rules, gaps, dropped }: JournalCounts): readonly Sample[] {
  return [
    ...rules.flatMap(ruleSamples),
    ...Object.entries(dropped).map(([reason, count]) => sample(DROPPED, { reason }, count)),
    sample(GAPS, {}, gaps),
  ];
}

function unitSamples(reading: UnitMessages): readonly Sample[] {
  return reading.priorities.flatMap(({ priority, messages, bytes }) => {
    const labels = { ...unitLabels(reading), priority };
    return [sample(MESSAGES, labels, messages), sample(BYTES, labels, bytes)];
  });
}

function ruleSamples(reading: RuleMatches): readonly Sample[] {
  const { rule, matches, lastSeconds } = reading;
  const labels = { rule, ...unitLabels(reading) };
  return [
    sample(MATCHES, labels, matches),
    ...(lastSeconds === undefined ? [] : [sample(LAST_MATCH, labels, lastSeconds)]),
  ];
}

function unitLabels({ unit, user }: JournalUnit) {
  return { unit, scope: user === undefined ? 'system' : 'user', user: user ?? '' };
}

function nameOf({ unit, user }: JournalUnit): string {
  return `${user ?? ''}/${unit}`;
}
