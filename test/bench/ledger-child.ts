import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LedgerEvent } from '../../src/domain/ledger.ts';
import type { Moment } from '../../src/domain/moment.ts';
import { openAppendLog } from '../../src/host/files/append-log.ts';
import { createMoment } from '../../src/host/uptime.ts';
import { openLedger } from '../../src/remediator/ledger.ts';
import { repairStory } from './ledger-stories.ts';
import { type Times, timesOf } from './quantile.ts';

/** What is asked of the child, as JSON in a file. */
export type LedgerTask =
  | { readonly kind: 'write'; readonly path: string; readonly lines: number }
  | { readonly kind: 'fold'; readonly path: string }
  | { readonly kind: 'append'; readonly path: string; readonly perSecond: number; readonly seconds: number };

/** What the child found. */
export interface LedgerCost {
  readonly lines: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Most that the process had, by the kernel. */
  readonly peakBytes: number;
  /** After the work. */
  readonly heapBytes: number;
  /** Of single appends. */
  readonly appends: Times;
}

/** Seconds between two lines that are made up: a million of them are three weeks. */
const BETWEEN_LINES = 2;

/** Lines that are written in one piece. */
const AT_ONCE = 2000;

const task: LedgerTask = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
const begin = performance.now();
const { lines, appends } = await done();
const { maxRSS } = process.resourceUsage();
const { user, system } = process.cpuUsage();
const seconds = (performance.now() - begin) / 1000;
const cost: LedgerCost = {
  lines,
  seconds,
  cpuSeconds: (user + system) / 1e6,
  peakBytes: maxRSS * 1024,
  heapBytes: process.memoryUsage().heapUsed,
  appends: timesOf(appends),
};
process.stdout.write(JSON.stringify(cost));

async function done(): Promise<{ readonly lines: number; readonly appends: readonly number[] }> {
  switch (task.kind) {
    case 'write':
      return { lines: await writeStories(task.path, task.lines), appends: [] };
    case 'fold':
      return { lines: await fold(task.path), appends: [] };
    case 'append':
      return await appendSteadily(task.path, task.perSecond, task.seconds);
  }
}

async function writeStories(path: string, wanted: number): Promise<number> {
  const { log } = await openAppendLog(path);
  let written = 0;
  const start = Date.now() - wanted * BETWEEN_LINES * 1000;
  const moment = (): Moment => {
    const passed = written * BETWEEN_LINES;
    return { wall: new Date(start + passed * 1000), boot: 'bench', upSeconds: 1000 + passed };
  };
  const ledger = await openLedger(log, moment);
  for (let story = 0; written < wanted; ) {
    const events: LedgerEvent[] = [];
    while (events.length < AT_ONCE) events.push(...repairStory(story++, moment().wall));
    await ledger.append(events);
    written += events.length;
  }
  await log.close();
  return written;
}

async function fold(path: string): Promise<number> {
  const { log } = await openAppendLog(path);
  let lines = 0;
  const counted = {
    append: log.append,
    async *read() {
      for await (const piece of log.read()) {
        lines += piece.texts.length;
        yield piece;
      }
    },
  };
  await openLedger(counted, createMoment());
  await log.close();
  return lines;
}

/** Like notifications: each when its time has come, whether those before are done or not. */
async function appendSteadily(path: string, perSecond: number, wholeSeconds: number) {
  const { log } = await openAppendLog(path);
  const ledger = await openLedger(log, createMoment());
  const times: number[] = [];
  const under: Promise<void>[] = [];
  const from = performance.now();
  for (let index = 0; index < perSecond * wholeSeconds; index++) {
    const due = from + (index * 1000) / perSecond;
    if (due > performance.now()) await sleep(due - performance.now());
    const [event] = repairStory(index, new Date());
    if (event === undefined) continue;
    const asked = performance.now();
    under.push(ledger.append([event]).then(() => void times.push(performance.now() - asked)));
  }
  await Promise.all(under);
  await log.close();
  return { lines: times.length, appends: times };
}
