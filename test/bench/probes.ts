import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../lab/service-process.ts';
import { waitFor } from '../lab/wait.ts';
import type { LoopDelay } from './event-loop-probe.ts';
import { interpreterOf } from './exporters.ts';
import { compile } from './gpu-child.ts';
import { cpuTime } from './process-cost.ts';

const PROBES = 200;
const INTERVAL_SECONDS = 10;
const SECONDS = 40;
const ROUNDS = 3;

/** The first questions are spread over ten seconds; then V8 optimises what is hot, and rests. */
const WARM_UP_MS = 20_000;

/** No system bus: units would cost CPU time of their own. */
const NO_BUS = { DBUS_SYSTEM_BUS_ADDRESS: 'unix:path=/nonexistent/fettle-bench-bus' };

/** What one round costs. */
interface Cost {
  /** CPU time of a process with probes above that of one without, as a part of a core. */
  readonly share: number;
  /** Of one without. */
  readonly idleShare: number;
  /** CPU time of one question and its answer. */
  readonly eachMs: number;
  readonly questions: number;
}

/**
 * Measures what HTTP probes of a local server cost beside an exporter without any; three minutes. Both are processes of
 * their own and run at the same time; the event loop is watched in a third one, since watching costs.
 */
export async function probesReport(program: string, say: (what: string) => void): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'fettle-probes-'));
  const running: ChildProcess[] = [];
  try {
    const watch = join(folder, 'watch.mjs');
    await compile(new URL('event-loop-probe.ts', import.meta.url), watch);
    const server = await startServer(running);
    const start = async (name: string, probes: number, flags: readonly string[] = []) => {
      const config = join(folder, `${name}.yml`);
      const port = await freePort();
      writeFileSync(config, JSON.stringify(configOf(port, probes, server)));
      const argv = [
        ...interpreterOf(program),
        ...flags,
        program,
        'serve',
        '--only',
        'exporter',
        '-c',
        config,
      ];
      const env = { ...process.env, ...NO_BUS, PROBE_FILE: join(folder, `${name}.delay`) };
      const child = spawn(argv[0] ?? '', argv.slice(1), { env, stdio: 'ignore' });
      running.push(child);
      return { child, pid: child.pid ?? 0, url: `http://127.0.0.1:${port}/metrics`, delay: env.PROBE_FILE };
    };
    const [idle, asking] = [await start('idle', 0), await start('asking', PROBES)];
    say(`probes: ${PROBES} over HTTP, each every ${INTERVAL_SECONDS} s`);
    await sleep(WARM_UP_MS);
    const costs: Cost[] = [];
    for (let round = 0; round < ROUNDS; round += 1) costs.push(await costOf(idle, asking));
    const watched = await start('watched', PROBES, ['--import', watch]);
    await sleep(WARM_UP_MS);
    await loopDelay(watched);
    await sleep(SECONDS * 1000);
    return report(costs, await loopDelay(watched));
  } finally {
    for (const child of running) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A program of its own, whose work is not counted. */
const SERVER = `require('node:http').createServer((_, answer) => answer.end('{"queue":3}'))
  .listen(0, '127.0.0.1', function () { console.log(this.address().port); });`;

async function startServer(running: ChildProcess[]): Promise<number> {
  const child = spawn(process.execPath, ['-e', SERVER], { stdio: ['ignore', 'pipe', 'ignore'] });
  running.push(child);
  const [port]: unknown[] = await once(child.stdout, 'data');
  return Number(String(port));
}

function configOf(port: number, probes: number, server: number): object {
  return {
    exporter: { listen: `127.0.0.1:${port}`, kernel_log: false },
    probes: Array.from({ length: probes }, (_, index) => ({
      name: `web-${index}`,
      interval: `${INTERVAL_SECONDS}s`,
      http: { url: `http://127.0.0.1:${server}/health`, values: { queue: '/queue' } },
    })),
  };
}

interface Exporter {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly url: string;
  readonly delay: string;
}

async function costOf(idle: Exporter, asking: Exporter): Promise<Cost> {
  const questions = await questionsOf(asking);
  const before = [idle, asking].map(({ pid }) => cpuTime([pid]).scheduledMs);
  const beganMs = performance.now();
  await sleep(SECONDS * 1000);
  const elapsedMs = performance.now() - beganMs;
  const [idleMs = 0, askingMs = 0] = [idle, asking].map(
    ({ pid }, index) => cpuTime([pid]).scheduledMs - (before[index] ?? 0),
  );
  const asked = (await questionsOf(asking)) - questions;
  const extraMs = askingMs - idleMs;
  return {
    share: extraMs / elapsedMs,
    idleShare: idleMs / elapsedMs,
    eachMs: extraMs / asked,
    questions: asked,
  };
}

/** Questions asked so far; none may have failed. */
async function questionsOf({ url }: Exporter): Promise<number> {
  const page = await (await fetch(url)).text();
  const sum = (metric: string) =>
    [...page.matchAll(new RegExp(`^fettle_probe_${metric}\\{.*\\} (\\d+)$`, 'gm'))]
      .map(([, count]) => Number(count))
      .reduce((total, count) => total + count, 0);
  if (sum('failures_total') > 0) throw new Error('probes of a local server failed');
  return sum('runs_total');
}

async function loopDelay({ child, delay }: Exporter): Promise<LoopDelay> {
  rmSync(delay, { force: true });
  child.kill('SIGUSR2');
  const text = await waitFor('it tells of its event loop', () => {
    try {
      return readFileSync(delay, 'utf8');
    } catch {
      return undefined;
    }
  });
  return JSON.parse(text);
}

function report(costs: readonly Cost[], { heldUpMs, ranMs }: LoopDelay): string {
  const percent = (share: number) => `${(share * 100).toFixed(2)} %`;
  const rows = costs.map(
    ({ share, idleShare, eachMs, questions }) =>
      `| ${questions} | ${percent(idleShare)} | ${percent(share)} | ${eachMs.toFixed(2)} ms |`,
  );
  const best = Math.min(...costs.map(({ share }) => share));
  return [
    '### Probes',
    '',
    `${PROBES} probes over HTTP of a local server, each every ${INTERVAL_SECONDS} s, ${SECONDS} s a row.`,
    '',
    '| questions | CPU without probes | more with them | a question |',
    '|---:|---:|---:|---:|',
    ...rows,
    '',
    `The best row: ${percent(best)} of a core. The event loop was held up for ${heldUpMs.toFixed(1)} ms at most, of ` +
      `which it ran ${ranMs.toFixed(1)} ms at most.`,
  ].join('\n');
}
