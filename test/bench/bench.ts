import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { builtFettle } from '../lab/built.ts';
import { type Lab, labMissing, startLab } from '../lab/lab.ts';
import { findNodeExporter } from '../lab/tools.ts';
import { waitFor } from '../lab/wait.ts';
import { type FettleOptions, startFettle, startNodeExporter } from './exporters.ts';
import { firstPage } from './first-page.ts';
import { measureGpus } from './gpu-measure.ts';
import { gpuReport } from './gpu-report.ts';
import { journalReport } from './journal.ts';
import { ledgerReport } from './ledger.ts';
import type { Comparison } from './limits.ts';
import { describeMachine, loadAverage } from './machine.ts';
import { measureByTurns } from './measure.ts';
import { startServices, unitNames } from './population.ts';
import { probesReport } from './probes.ts';
import { processInLab } from './process-cost.ts';
import { hotFunctions, nowUs, type Span } from './profile.ts';
import { comparisonReport, growthReport, profileReport } from './report.ts';
import { writeSection } from './section.ts';
import { webhookReport } from './webhook.ts';

const USAGE = `npm run bench -- [--services 100,1000,3000] [--scrapes 40] [--write FILE]
                 [--config FILE] [--program MAIN.JS] [--profile] [--gpu] [--journal] [--probes]
                 [--webhook] [--ledger]

Compares fettle with Debian's node_exporter on a private systemd, and prints what both cost.

  --services  these numbers of services alone, by commas; 100, 1000 and 3000 in a whole run
  --scrapes   scrapes of each exporter at each number
  --write     also writes the figures between the markers of this Markdown file
  --config    the exporter section of this fettle.yml, in place of the defaults
  --program   another build of fettle; dist/main.js unless said otherwise, built anew if src is newer
  --profile   tells where fettle spends its time; it is slower for it
  --gpu       the GPU part alone, which a whole run has too; no other exporter takes part, and no GPU is needed
  --journal   the part of the journal alone, which a whole run has too
  --probes    the part of probes alone, which a whole run has too; it needs no lab
  --webhook   the part of the remediator alone, which a whole run has too
  --ledger    the part of the ledger alone, which a whole run has too; it needs no lab
`;

/** Functions of a profile to name. */
const HOT = 15;

/** Everything for one number of services takes less than this, or is broken. */
const LIMIT_MS = 8 * 60_000;

interface Options {
  readonly services: readonly number[];
  readonly scrapes: number;
  readonly write: string | undefined;
  readonly fettle: FettleOptions;
  /** Undefined where only those parts are measured. */
  readonly nodeExporter: string | undefined;
  readonly parts: readonly Part[];
}

/** What is measured beside the cost of units: all of it in a whole run. */
const PARTS = ['gpu', 'journal', 'probes', 'webhook', 'ledger'] as const;
type Part = (typeof PARTS)[number];

const WITHOUT_LAB: readonly Part[] = ['probes', 'ledger'];

async function bench(): Promise<number> {
  const options = await readOptions();
  if (options === undefined) return 2;
  const { nodeExporter, parts } = options;
  const needsLab = nodeExporter !== undefined || parts.some((part) => !WITHOUT_LAB.includes(part));
  const reason = needsLab ? labMissing() : undefined;
  if (reason !== undefined) {
    process.stderr.write(`The benchmark cannot run here: ${reason}.\n`);
    return 1;
  }
  const report: string[] = [];
  const say = (text: string): void => {
    if (text === '') return;
    report.push(text);
    process.stdout.write(`${text}\n\n`);
  };
  const comparisons: Comparison[] = [];
  if (nodeExporter !== undefined) {
    for (const services of options.services) {
      comparisons.push(
        await inLab(options, (lab) => compare(lab, services, { ...options, nodeExporter }, say)),
      );
    }
  }
  say(growthReport(comparisons));
  if (parts.includes('gpu')) await inLab(options, (lab) => measureGpuPart(lab, options, say));
  if (parts.includes('journal')) await inLab(options, (lab) => measureJournalPart(lab, say));
  if (parts.includes('webhook')) await inLab(options, (lab) => measureWebhookPart(lab, options, say));
  if (parts.includes('probes')) await measureProbesPart(options, say);
  if (parts.includes('ledger')) await measureLedgerPart(say);
  if (options.write !== undefined) {
    mkdirSync(dirname(options.write), { recursive: true });
    writeSection(options.write, report.join('\n\n'));
  }
  return 0;
}

async function readOptions(): Promise<Options | undefined> {
  try {
    const { values } = parseArgs({
      options: {
        services: { type: 'string' },
        scrapes: { type: 'string', default: '40' },
        write: { type: 'string' },
        config: { type: 'string' },
        program: { type: 'string' },
        profile: { type: 'boolean', default: false },
        gpu: { type: 'boolean', default: false },
        journal: { type: 'boolean', default: false },
        probes: { type: 'boolean', default: false },
        webhook: { type: 'boolean', default: false },
        ledger: { type: 'boolean', default: false },
      },
    });
    const wanted = PARTS.filter((part) => values[part]);
    const parts = wanted.length > 0 ? wanted : values.services === undefined ? PARTS : [];
    const program = values.program === undefined ? builtFettle() : resolve(values.program);
    return {
      services: (values.services ?? '100,1000,3000').split(',').map(positive),
      scrapes: positive(values.scrapes),
      write: values.write,
      fettle: { program, configFile: values.config, profile: values.profile },
      nodeExporter: wanted.length === 0 ? await findNodeExporter() : undefined,
      parts,
    };
  } catch (thrown) {
    process.stderr.write(`${thrown instanceof Error ? thrown.message : thrown}\n\n${USAGE}`);
    return undefined;
  }
}

function positive(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 10_000)
    throw new Error(`expected a whole number from 1 to 10000; got ${text}`);
  return number;
}

/** A fresh lab for `work`; gone afterwards, also when a signal or the limit ends the work. */
async function inLab<T>({ fettle }: Options, work: (lab: Lab) => Promise<T>): Promise<T> {
  const lab = await startLab({ share: [dirname(fettle.program)] });
  const end = ended();
  try {
    return await Promise.race([work(lab), end.rejects]);
  } finally {
    end.forget();
    await lab.stop();
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

function ended(): { readonly rejects: Promise<never>; forget(): void } {
  let timer: NodeJS.Timeout | undefined;
  let onSignal: (signal: string) => void = () => undefined;
  const rejects = new Promise<never>((_, reject) => {
    onSignal = (signal) => reject(new Error(`ended by ${signal}`));
    timer = setTimeout(() => reject(new Error(`not done within ${LIMIT_MS / 60_000} minutes`)), LIMIT_MS);
    for (const signal of SIGNALS) process.on(signal, onSignal);
  });
  return {
    rejects,
    forget() {
      clearTimeout(timer);
      for (const signal of SIGNALS) process.off(signal, onSignal);
    },
  };
}

async function compare(
  lab: Lab,
  services: number,
  { scrapes, fettle: fettleOptions, nodeExporter }: Options & { readonly nodeExporter: string },
  say: (text: string) => void,
): Promise<Comparison> {
  process.stderr.write(`starting ${services} services\n`);
  const load = loadAverage();
  await startServices(lab, services);
  const servants = [lab.pid, processInLab(lab.pid, 'dbus-daemon')];
  const startUs = nowUs();
  const fettle = await startFettle(lab, fettleOptions);
  const fettleFirst = await firstPage(fettle, servants, services);
  const starting: Span = { beginUs: startUs, endUs: nowUs() };
  const other = await startNodeExporter(lab, nodeExporter);
  const otherFirst = await firstPage(other, servants, services);

  await fileStatesKnown(fettle.url);
  const before = await unitNames(lab);
  const beginUs = nowUs();
  const [own, theirs] = await measureByTurns(
    [
      { exporter: fettle, first: fettleFirst, servants },
      { exporter: other, first: otherFirst, servants },
    ],
    scrapes,
  );
  const scraping: Span = { beginUs, endUs: nowUs() };
  const unitsUnchanged = (await unitNames(lab)).join() === before.join();
  if (own === undefined || theirs === undefined) throw new Error('an exporter was not measured');

  const comparison: Comparison = { services, fettle: own, nodeExporter: theirs, unitsUnchanged };
  const machine = await describeMachine(lab, nodeExporter);
  say(
    `${new Date().toISOString().slice(0, 10)}, ${scrapes} scrapes of each, by turns; load before ${load}\n${machine.join('\n')}`,
  );
  say(comparisonReport(comparison));
  if (fettleOptions.profile) {
    await fettle.process.stop();
    say(profileReport('the start', hotFunctions(lab.dir, starting, HOT)));
    say(profileReport('the scrapes', hotFunctions(lab.dir, scraping, HOT)));
  }
  return comparison;
}

async function measureGpuPart(lab: Lab, { fettle }: Options, say: (text: string) => void): Promise<void> {
  const load = loadAverage();
  const measured = await measureGpus(lab, fettle.program, (what) => process.stderr.write(`${what}\n`));
  say(`${new Date().toISOString().slice(0, 10)}; load before ${load}, after ${loadAverage()}`);
  say(gpuReport(measured));
}

async function measureJournalPart(lab: Lab, say: (text: string) => void): Promise<void> {
  const load = loadAverage();
  const report = await journalReport(lab, (what) => process.stderr.write(`${what}\n`));
  say(`${new Date().toISOString().slice(0, 10)}; load before ${load}, after ${loadAverage()}`);
  say(report);
}

async function measureWebhookPart(lab: Lab, { fettle }: Options, say: (text: string) => void): Promise<void> {
  const load = loadAverage();
  const report = await webhookReport(lab, fettle.program, (what) => process.stderr.write(`${what}\n`));
  say(`${new Date().toISOString().slice(0, 10)}; load before ${load}, after ${loadAverage()}`);
  say(report);
}

async function measureLedgerPart(say: (text: string) => void): Promise<void> {
  const load = loadAverage();
  const report = await ledgerReport((what) => process.stderr.write(`${what}\n`));
  say(`${new Date().toISOString().slice(0, 10)}; load before ${load}, after ${loadAverage()}`);
  say(report);
}

async function measureProbesPart({ fettle }: Options, say: (text: string) => void): Promise<void> {
  const load = loadAverage();
  const report = await probesReport(fettle.program, (what) => process.stderr.write(`${what}\n`));
  say(`${new Date().toISOString().slice(0, 10)}; load before ${load}, after ${loadAverage()}`);
  say(report);
}

/** Fettle reads unit file states, which are dear, spread over its first minute; the scrapes begin after that. */
async function fileStatesKnown(url: string): Promise<void> {
  const known = async () => {
    const page = await (await fetch(url, { signal: AbortSignal.timeout(60_000) })).text();
    const count = (pattern: RegExp) => page.match(pattern)?.length ?? 0;
    const loaded = count(/^systemd_unit_load_state_info\{.*load_state="loaded"/gm);
    return count(/^systemd_unit_need_daemon_reload\{/gm) >= loaded || undefined;
  };
  await waitFor('the unit file states are known', known, { timeoutMs: 120_000, everyMs: 2000 });
}

process.exitCode = await bench().catch((thrown: unknown) => {
  process.stderr.write(`${thrown instanceof Error ? thrown.message : thrown}\n`);
  return 1;
});
