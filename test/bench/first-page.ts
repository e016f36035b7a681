import { setTimeout as sleep } from 'node:timers/promises';
import type { Exporter } from './exporters.ts';
import { activeServices } from './page.ts';
import { cpuTime } from './process-cost.ts';
import { createScraper } from './timed-scrape.ts';

/** How an exporter gets going. */
export interface FirstPage {
  /** From the start of the process to the end of its first answered scrape, whatever was on the page. */
  readonly answeredMs: number;
  /** How long that scrape itself took. */
  readonly firstScrapeMs: number;
  /** From the start of the process to the end of the first scrape that showed every service. */
  readonly completeMs: number;
  /** CPU until then of exporter, PID 1 and dbus-daemon together. */
  readonly cpuMs: number;
  /** The exporter's own part of it. */
  readonly ownCpuMs: number;
}

const LIMIT_MS = 60_000;

/** Between two attempts: short beside what is measured, long enough to leave the exporter its CPU. */
const PAUSE_MS = 20;

/**
 * Scrapes an exporter that has just been started until its page shows all `services`.
 *
 * After a page that does not, its /-/ready is asked first: scrapes in a row would slow down what they wait for.
 */
export async function firstPage(
  exporter: Exporter,
  servants: readonly number[],
  services: number,
): Promise<FirstPage> {
  const { name, process, url, startedMs } = exporter;
  const before = cpuTime(servants).scheduledMs;
  const sinceStart = (): number => performance.now() - startedMs;
  const scraper = createScraper(url);
  let ended = false;
  process.exited.then(
    () => {
      ended = true;
    },
    () => undefined,
  );
  let answered: { readonly atMs: number; readonly ms: number } | undefined;
  try {
    for (; sinceStart() < LIMIT_MS && !ended; await sleep(PAUSE_MS)) {
      if (answered !== undefined && !(await isReady(exporter))) continue;
      const scrape = await scraper.scrape().catch(() => undefined);
      if (scrape?.status !== 200) continue;
      const atMs = sinceStart();
      answered ??= { atMs, ms: scrape.ms };
      if (activeServices(scrape.body.toString()) < services) continue;
      const ownCpuMs = cpuTime([process.pid]).scheduledMs;
      return {
        answeredMs: answered.atMs,
        firstScrapeMs: answered.ms,
        completeMs: atMs,
        cpuMs: ownCpuMs + cpuTime(servants).scheduledMs - before,
        ownCpuMs,
      };
    }
  } finally {
    scraper.close();
  }
  const tail = process.readLog().trim().split('\n').slice(-10).join('\n');
  const reason = ended
    ? 'has ended at once'
    : `did not show ${services} services within ${LIMIT_MS / 1000} s`;
  throw new Error(`${name} ${reason}:\n${tail}`);
}

/** Whether it says that its pages are complete; node_exporter says nothing, and they always should be. */
async function isReady({ name, url }: Exporter): Promise<boolean> {
  if (name !== 'fettle') return true;
  return await fetch(new URL('/-/ready', url), { signal: AbortSignal.timeout(LIMIT_MS) }).then(
    ({ ok }) => ok,
    () => false,
  );
}
