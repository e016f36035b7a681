import { openSync, readFileSync, readSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { RE2JS } from 're2js';
import type { JournalRule } from '../../src/domain/journal.ts';
import { systemClock } from '../../src/host/clock.ts';
import { openStateFile } from '../../src/host/files/state-file.ts';
import { startJournal } from '../../src/sources/journal/source.ts';

/** What counting so many messages has cost. */
export interface JournalCost {
  readonly messages: number;
  readonly seconds: number;
  /** CPU time of fettle's process. */
  readonly cpuSeconds: number;
  /** CPU time of journalctl. */
  readonly journalctlSeconds: number;
  /** Longest time that the event loop was held up, without what it waited for a processor. */
  readonly longestMs: number;
  /** Highest lag that was shown, while messages came. */
  readonly lagSeconds: number;
  readonly dropped: number;
}

/** What is asked of the child, as JSON in a file. */
export interface JournalTask {
  readonly journalctl: readonly [string, ...string[]];
  readonly state: string;
  readonly patterns: readonly string[];
  readonly unit: string;
  readonly messages: number;
}

const LOOK_EVERY_MS = 20;

/** Often enough for what is to be seen, and seldom enough to cost little itself. */
const TICK_MS = 5;

const TICKS_PER_SECOND = 100;

/** CPU time of all that this process has started, and that still runs. */
function descendantSeconds(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1')
    .trim()
    .split(' ')
    .filter(Boolean);
  return children.map(Number).reduce((sum, child) => sum + ownSeconds(child) + descendantSeconds(child), 0);
}

/** Source: proc(5), utime and stime. */
function ownSeconds(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Watches the longest time between two turns, less what the process waited for a processor meanwhile. */
function watchLoop(): { stop(): number } {
  const schedstat = openSync('/proc/thread-self/schedstat', 'r');
  const buffer = Buffer.alloc(128);
  const waitedMs = () =>
    Number(buffer.toString('latin1', 0, readSync(schedstat, buffer, 0, buffer.length, 0)).split(' ')[1]) /
    1e6;
  let longest = 0;
  let last = { at: performance.now(), waited: waitedMs() };
  const timer = setInterval(() => {
    const now = { at: performance.now(), waited: waitedMs() };
    longest = Math.max(longest, now.at - last.at - (now.waited - last.waited) - TICK_MS);
    last = now;
  }, TICK_MS);
  return {
    stop() {
      clearInterval(timer);
      return longest;
    },
  };
}

function ruleOf(expression: string): JournalRule {
  const compiled = RE2JS.compile(expression);
  return {
    name: expression,
    expression,
    finds: (text) => compiled.test(text),
    units: [],
    atLeast: undefined,
  };
}

async function measure({ journalctl, state, patterns, unit, messages }: JournalTask): Promise<JournalCost> {
  const loop = watchLoop();
  const before = process.cpuUsage();
  const begin = performance.now();
  const silent = () => undefined;
  const journal = startJournal({
    journalctl,
    rules: patterns.map(ruleOf),
    userName: String,
    openState: () => openStateFile(state),
    clock: systemClock,
    log: { error: silent, warn: silent, info: silent },
  });
  let lagSeconds = 0;
  let counted = 0;
  while (counted < messages) {
    await sleep(LOOK_EVERY_MS);
    const reading = journal.read();
    const found = reading?.counts?.units.find((one) => one.unit === unit)?.priorities ?? [];
    counted = found.reduce((total, one) => total + one.messages, 0);
    if (counted > 0) lagSeconds = Math.max(lagSeconds, reading?.lagSeconds ?? 0);
  }
  const seconds = (performance.now() - begin) / 1000;
  const longestMs = loop.stop();
  const journalctlSeconds = descendantSeconds(process.pid);
  const { user, system } = process.cpuUsage(before);
  const dropped = Object.values(journal.read()?.counts?.dropped ?? {}).reduce((total, one) => total + one, 0);
  await journal.stop();
  return {
    messages: counted,
    seconds,
    cpuSeconds: (user + system) / 1e6,
    journalctlSeconds,
    longestMs,
    lagSeconds,
    dropped,
  };
}

process.stdout.write(JSON.stringify(await measure(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')))));
