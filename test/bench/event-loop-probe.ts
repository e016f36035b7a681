import { openSync, readSync, renameSync, writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

/**
 * Loaded into fettle before it (`--import`): tells how long its event loop was held up.
 *
 * At SIGUSR2 it writes the longest times since the last SIGUSR2 to the file PROBE_FILE.
 */

/** What it writes; milliseconds. */
export interface LoopDelay {
  /** By `monitorEventLoopDelay` of a resolution of 1 ms: exact to 1 ms. */
  readonly heldUpMs: number;
  /** The longest time between two turns, less what the thread waited for a processor meanwhile. */
  readonly ownMs: number;
  /** The longest that the thread has run between two turns: all but what it slept or waited. */
  readonly ranMs: number;
}

const TICK_MS = 1;
const histogram = monitorEventLoopDelay({ resolution: TICK_MS });
histogram.enable();

const file = process.env['PROBE_FILE'] ?? '';
const schedstat = openSync(`/proc/self/task/${process.pid}/schedstat`, 'r');
const buffer = Buffer.alloc(128);

/** What this thread has done by now, in milliseconds: run, and waited for a processor although it could run. */
function look(): { readonly at: number; readonly ran: number; readonly waited: number } {
  const [ran, waited] = buffer
    .toString('latin1', 0, readSync(schedstat, buffer, 0, buffer.length, 0))
    .split(' ');
  return { at: performance.now(), ran: Number(ran) / 1e6, waited: Number(waited) / 1e6 };
}

let own = 0;
let ran = 0;
let last = look();
setInterval(() => {
  const now = look();
  own = Math.max(own, now.at - last.at - (now.waited - last.waited) - TICK_MS);
  ran = Math.max(ran, now.ran - last.ran);
  last = now;
}, TICK_MS).unref();

process.on('SIGUSR2', () => {
  const delay: LoopDelay = { heldUpMs: Math.max(0, histogram.max / 1e6 - TICK_MS), ownMs: own, ranMs: ran };
  writeFileSync(`${file}.new`, JSON.stringify(delay));
  renameSync(`${file}.new`, file);
  histogram.reset();
  own = 0;
  ran = 0;
  last = look();
});
