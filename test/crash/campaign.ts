import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LedgerLine } from '../../src/domain/ledger.ts';
import { readLog } from '../../src/host/files/log-files.ts';
import { walkLedger } from '../../src/remediator/ledger-walk.ts';
import { compile } from '../bench/gpu-child.ts';
import type { Finished } from '../lab/inside.ts';
import { type Lab, startLab } from '../lab/lab.ts';
import { addNotingUnit } from '../lab/noting-unit.ts';
import { waitFor } from '../lab/wait.ts';
import { faultsOf, isInterrupted, type Seen } from './faults.ts';
import { POINTS, type Point } from './points.ts';
import type { Orders } from './program.ts';

/** One repair in whose life fettle was killed. */
export interface CrashRun {
  readonly point: Point;
  /** Of the unit, in both lives together. */
  readonly restarts: number;
  readonly isInterrupted: boolean;
  /** In which systemd has left the unit, as in `active`. */
  readonly state: string;
  /** What was not as it should be, in words. */
  readonly faults: readonly string[];
  /** Where its ledger was; gone with the campaign's lab unless that is kept. */
  readonly ledger: string;
}

/** So long a start takes that whoever waits for its job can be killed meanwhile; limits of its own, to be put back. */
const SERVICE = `ExecStartPre=/bin/sleep 0.2
ExecStart=/bin/sleep infinity
CPUQuota=80%
MemoryHigh=128M
CPUWeight=200
`;

const LIMITS = 'CPUQuotaPerSecUSec,MemoryHigh,CPUWeight,IOWeight';

/** Lives side by side: each mostly waits. */
const AT_ONCE = 6;

const KILLED = 128 + 9;

/**
 * Kills fettle at each point of a repair's life, so many times each, on a systemd of its own.
 *
 * Each run has a unit and a ledger of its own, and two lives: the first ends at its point, the second is told of the
 * same alert once more and goes on until all is quiet. `then` may look at the lab before it goes.
 */
export async function crashCampaign(
  runs: number,
  then: (lab: Lab, done: readonly CrashRun[]) => Promise<void> = async () => undefined,
): Promise<readonly CrashRun[]> {
  const lab = await startLab();
  try {
    const program = join(lab.dir, 'program.mjs');
    await compile(new URL('program.ts', import.meta.url), program);
    await addNotingUnit(lab, 'crash@.service', { service: SERVICE });
    const done: CrashRun[] = [];
    for (let round = 0; round < runs; round++) done.push(...(await oneRound(lab, program, round)));
    await then(lab, done);
    return done;
  } finally {
    await lab.stop();
  }
}

/** One run of each point. */
async function oneRound(lab: Lab, program: string, round: number): Promise<readonly CrashRun[]> {
  const cases = POINTS.map((point, index) => ({ point, unit: `crash@${index}-${round}.service` }));
  const units = cases.map(({ unit }) => unit);
  const failing = cases.filter(({ point }) => point.story === 'restart').map(({ unit }) => unit);
  await lab.run(['systemctl', 'start', ...units]);
  await lab.run(['systemctl', 'kill', '--signal=KILL', ...failing]);
  await waitFor('those to be restarted have failed', async () => {
    const states = await statesOf(lab, failing);
    return states.every((state) => state === 'failed') || undefined;
  });
  const done = await eachOf(cases, ({ point, unit }) => oneRun(lab, program, point, unit));
  await lab.run(['systemctl', 'stop', ...units]);
  return done;
}

async function oneRun(lab: Lab, program: string, point: Point, unit: string): Promise<CrashRun> {
  const folder = join(lab.dir, unit);
  mkdirSync(folder);
  const ledger = join(folder, 'ledger.jsonl');
  const live = (orders: Orders) =>
    lab.run([process.execPath, program, JSON.stringify(orders)], { check: false, timeoutMs: 60_000 });
  const { death, story } = point;
  const orders: Orders = { unit, story, ledger, startsAt: new Date().toISOString() };
  const starts = startsOf(lab, unit);
  const before = await limitsOf(lab, unit);
  const first = await live({ ...orders, death });
  const second = await live(orders);
  const state = await stateAtRest(lab, unit);
  const restarts = startsOf(lab, unit) - starts;
  const about = { point, restarts, state, ledger };
  const broken = lifeFaults(first, second);
  if (broken.length > 0) return { ...about, isInterrupted: false, faults: broken };
  const lines: LedgerLine[] = [];
  const whole = await walkLedger(readLog(ledger), (line) => lines.push(line)).catch(String);
  const seen: Seen = {
    point,
    restarts,
    limits: { before, after: await limitsOf(lab, unit) },
    ledger: lines,
    evidence: evidenceIn(join(folder, 'evidence')),
    outcomes: outcomesIn(second.stdout),
  };
  const ledgerFaults =
    typeof whole === 'string' ? [whole] : whole.torn === undefined ? [] : ['the ledger is torn'];
  return { ...about, isInterrupted: isInterrupted(lines), faults: [...ledgerFaults, ...faultsOf(seen)] };
}

/** The first life was killed, and the second came to its end. */
function lifeFaults(first: Finished, second: Finished): readonly string[] {
  return [
    ...(first.code === KILLED ? [] : [`it was not killed, but ended with ${first.code}: ${first.stderr}`]),
    ...(second.code === 0 ? [] : [`the second life ended with ${second.code}: ${second.stderr}`]),
  ];
}

/** The state of the unit once systemd has nothing left to do with it. */
async function stateAtRest(lab: Lab, unit: string): Promise<string> {
  return await waitFor(`${unit} is at rest`, async () => {
    const { stdout } = await lab.run(['systemctl', 'show', '-p', 'ActiveState,Job', unit]);
    const state = /^ActiveState=(active|failed|inactive)$/m.exec(stdout)?.[1];
    return /^Job=[1-9]/m.test(stdout) ? undefined : state;
  });
}

async function statesOf(lab: Lab, units: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await lab.run(['systemctl', 'is-active', ...units], { check: false });
  return stdout.trim().split('\n');
}

async function limitsOf(lab: Lab, unit: string): Promise<string> {
  return (await lab.run(['systemctl', 'show', '-p', LIMITS, unit])).stdout.trim().replaceAll('\n', ' ');
}

/** How often the unit has noted a start, each with an invocation of its own. */
function startsOf(lab: Lab, unit: string): number {
  const notes = readFileSync(join(lab.dir, `${unit}.invocations`), 'utf8')
    .trim()
    .split('\n');
  return new Set(notes).size;
}

function evidenceIn(folder: string): ReadonlyMap<string, string> {
  const names = existsSync(folder) ? readdirSync(folder) : [];
  const hash = (name: string) =>
    createHash('sha256')
      .update(readFileSync(join(folder, name)))
      .digest('hex');
  return new Map(names.map((name) => [name, hash(name)]));
}

function outcomesIn(stdout: string): readonly string[] {
  const recent: readonly { readonly outcome: string }[] = JSON.parse(stdout);
  return recent.map(({ outcome }) => outcome);
}

async function eachOf<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results = new Map<T, R>();
  const left = items.values();
  const worker = async (): Promise<void> => {
    for (const item of left) results.set(item, await work(item));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return items.flatMap((item) => {
    const result = results.get(item);
    return result === undefined ? [] : [result];
  });
}
