/**
 * Run by ledger-crash.program.test.ts: appends to a ledger until it is killed, several at a time, and prints the number
 * of each append once it has been acknowledged. Each is two lines, of which the first may be a long one.
 */
import { writeSync } from 'node:fs';
import { openAppendLog } from '../../src/host/files/append-log.ts';
import { createMoment } from '../../src/host/uptime.ts';
import { openLedger } from '../../src/remediator/ledger.ts';

const [path = '', first = '0'] = process.argv.slice(2);
const AT_A_TIME = 4;
const LONG = 100_000;

const { log } = await openAppendLog(path, { maxBytes: 150_000, kept: 100_000 });
const ledger = await openLedger(log, createMoment());
let next = Number(first);

async function appendOn(): Promise<void> {
  for (;;) {
    const number = next++;
    const detail = number % 3 === 0 ? 'x'.repeat(LONG) : '';
    const about = { id: String(number), policy: 'p', unit: 'a.service' };
    await ledger.append([
      { event: 'rehearsed', ...about, action: 'restart', detail },
      { event: 'ended', ...about, ending: 'eased', detail: '' },
    ]);
    writeSync(1, `${number}\n`);
  }
}

await Promise.all(Array.from({ length: AT_A_TIME }, appendOn));
