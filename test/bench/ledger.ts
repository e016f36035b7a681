import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChild } from './gpu-child.ts';
import type { LedgerCost, LedgerTask } from './ledger-child.ts';
import { MB } from './limits.ts';
import { table } from './report.ts';

const LINES = 1_000_000;
const FOLD_LIMIT_SECONDS = 10;
const PER_SECOND = 100;
const SECONDS = 20;

/** Measures what starting with a long ledger costs, and appending to one; a minute. */
export async function ledgerReport(say: (what: string) => void): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'fettle-bench-'));
  try {
    const path = join(folder, 'ledger.jsonl');
    say(`ledger: writing ${LINES} lines`);
    const written = await costOf({ kind: 'write', path, lines: LINES });
    const sizes = readdirSync(folder).map((name) => statSync(join(folder, name)).size);
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    say('ledger: folding them');
    const folded = await costOf({ kind: 'fold', path });
    if (folded.lines !== written.lines) throw new Error(`${written.lines} written, ${folded.lines} read`);
    say(`ledger: appending ${PER_SECOND} times a second for ${SECONDS} s`);
    const appended = await costOf({
      kind: 'append',
      path: join(folder, 'other/ledger.jsonl'),
      perSecond: PER_SECOND,
      seconds: SECONDS,
    });
    const { p50Ms, p99Ms, maxMs } = appended.appends;
    const kept = folded.seconds <= FOLD_LIMIT_SECONDS ? 'kept' : 'MISSED';
    return [
      '### The ledger',
      table(
        ['', 'time', 'CPU', 'most memory'],
        [
          [`${folded.lines} lines folded (${mb(bytes)} in ${sizes.length} files)`, ...figures(folded)],
          [
            `the same lines written, ${Math.round(written.lines / written.seconds)} a second`,
            ...figures(written),
          ],
        ],
      ),
      `Limit of the fold: ${FOLD_LIMIT_SECONDS} s, ${kept}.`,
      table(
        [`${PER_SECOND} appends a second with fsync, ${SECONDS} s`, 'p50', 'p99', 'max'],
        [['until it is on the disk', ...[p50Ms, p99Ms, maxMs].map((time) => `${time.toFixed(1)} ms`)]],
      ),
    ].join('\n\n');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function costOf(task: LedgerTask): Promise<LedgerCost> {
  return JSON.parse(await runChild(new URL('ledger-child.ts', import.meta.url), JSON.stringify(task)));
}

function figures({ seconds, cpuSeconds, peakBytes }: LedgerCost): readonly string[] {
  return [`${seconds.toFixed(1)} s`, `${cpuSeconds.toFixed(1)} s`, mb(peakBytes)];
}

function mb(bytes: number): string {
  return `${Math.round(bytes / MB)} MB`;
}
