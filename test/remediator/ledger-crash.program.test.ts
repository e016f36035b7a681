import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openAppendLog } from '../../src/host/files/append-log.ts';
import { readLog } from '../../src/host/files/log-files.ts';
import { walkLedger } from '../../src/remediator/ledger-walk.ts';
import { compile } from '../bench/gpu-child.ts';
import { tempFolder } from '../fakes/temp-folder.ts';

const RUNS = Number(process.env['CRASH_RUNS'] ?? 20);

/** Appends of a run before it is killed: some die in the middle of their first, some after several new files. */
const MOST_APPENDS = 20;

const KILL_WITHIN_MS = 5;

/** Runs the program until it has acknowledged so many, and a little longer; gives the numbers that it told. */
async function killedAfter(acknowledged: number, argv: readonly string[]): Promise<readonly number[]> {
  const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let told = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (told += text));
  const closed = once(child, 'close');
  while (told.split('\n').length <= acknowledged && child.exitCode === null) {
    await Promise.race([once(child.stdout, 'data'), closed]);
  }
  await sleep(Math.random() * KILL_WITHIN_MS);
  child.kill('SIGKILL');
  const [, signal] = await closed;
  expect(signal).toBe('SIGKILL');
  return told.split('\n').slice(0, -1).map(Number);
}

describe('a ledger whose fettle is killed', () => {
  it(`has every line that was acknowledged, whole ones only and in order, ${RUNS} times over`, {
    timeout: 20_000 + RUNS * 3000,
  }, async () => {
    const folder = tempFolder();
    // Started many times: compiled, it starts in a tenth of the time.
    const program = join(folder, 'program.mjs');
    await compile(new URL('append-until-killed.ts', import.meta.url), program);
    const path = join(folder, 'state/ledger.jsonl');
    const acknowledged = new Set<string>();
    let first = 0;
    let torn = 0;
    for (let run = 0; run < RUNS; run++) {
      const wanted = run === 0 ? 1 : Math.ceil(Math.random() * MOST_APPENDS);
      const told = await killedAfter(wanted, [program, path, String(first)]);
      for (const number of told) acknowledged.add(String(number));

      // Others read it as it was left.
      const left = await walkLedger(readLog(path), () => undefined);
      if (left.torn !== undefined) torn++;
      const { log } = await openAppendLog(path);
      const ids: string[] = [];
      const events: string[] = [];
      const walked = await walkLedger(log.read(), (line) => {
        ids.push(Reflect.get(line, 'id'));
        events.push(line.event);
      });
      await log.close();

      expect(walked.torn).toBeUndefined();
      expect(walked.beginsInTheMiddle).toBe(false);
      expect(walked.lines).toBe(left.lines);
      const seen = new Set(ids);
      expect([...acknowledged].filter((id) => !seen.has(id))).toEqual([]);
      // What was written of an append is its beginning, in the order of the numbers.
      const rehearsed = ids.filter((_, index) => events[index] === 'rehearsed').map(Number);
      expect(rehearsed).toEqual([...new Set(rehearsed)].toSorted((one, other) => one - other));
      first = (rehearsed.at(-1) ?? -1) + 1;
    }
    expect(acknowledged.size).toBeGreaterThanOrEqual(RUNS);
    process.stdout.write(`killed ${RUNS} times, ${acknowledged.size} acknowledged, ${torn} lines torn\n`);
  });
});
