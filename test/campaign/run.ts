import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { addTally, nothingTallied, type Tallied } from './campaign.ts';
import { campaignReport } from './report.ts';
import { writeSection } from './section.ts';

/** Histories that a child plays before it reports. */
const PIECE = 500;

/** No piece takes longer, even one that fails and is made smaller. */
const PIECE_LIMIT_MS = 10 * 60_000;

const { values } = parseArgs({
  options: {
    histories: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    write: { type: 'string' },
  },
});
const histories = wholeNumber('--histories', values.histories);
const seed = wholeNumber('--seed', values.seed);
const sum = nothingTallied();
const began = performance.now();
const processes = Math.min(availableParallelism(), Math.ceil(histories / PIECE));
let given = 0;

await Promise.all(Array.from({ length: processes }, work));
const seconds = (performance.now() - began) / 1000;
const day = new Date().toISOString().slice(0, 10);
const report = campaignReport(sum, { seed, processes, seconds, day });
process.stdout.write(`\n${report}\n`);
if (sum.failure === undefined) {
  if (values.write !== undefined) writeSection(values.write, report);
} else {
  process.stdout.write(`\n${sum.failure}\n`);
  process.exitCode = 1;
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  process.stderr.write(`${name}: expected a whole number from 1 on; got ${text}\n`);
  process.exit(2);
}

/** One child, piece after piece; each has a seed of its own, so that it can be played again alone. */
async function work(): Promise<void> {
  const child = fork(fileURLToPath(new URL('child.ts', import.meta.url)), {
    // Each process of fettle that has a dozen alerts in hand would be told about: thousands of them.
    execArgv: ['--import', 'tsx', '--disable-warning=MaxListenersExceededWarning'],
    serialization: 'advanced',
  });
  try {
    while (given < histories && sum.failure === undefined) {
      const piece = { histories: Math.min(PIECE, histories - given), seed: seed + given / PIECE };
      given += piece.histories;
      addTally(sum, await played(child, piece));
      const perSecond = sum.histories / ((performance.now() - began) / 1000);
      process.stdout.write(`${sum.histories} of ${histories} histories, ${perSecond.toFixed(0)} a second\n`);
    }
  } finally {
    child.kill();
  }
}

function played(
  child: ChildProcess,
  piece: { readonly histories: number; readonly seed: number },
): Promise<Tallied> {
  return new Promise((resolve, reject) => {
    const fail = (why: string) => reject(new Error(`histories of seed ${piece.seed}: ${why}`));
    const timer = setTimeout(
      () => fail(`not played within ${PIECE_LIMIT_MS / 60_000} minutes`),
      PIECE_LIMIT_MS,
    );
    const onExit = (code: number | null) => fail(`their process ended with ${code}`);
    child.once('exit', onExit);
    child.once('message', (sum: Tallied) => {
      clearTimeout(timer);
      child.off('exit', onExit);
      resolve(sum);
    });
    child.send(piece);
  });
}
