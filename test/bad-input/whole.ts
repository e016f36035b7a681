import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Moment } from '../../src/domain/moment.ts';
import type { Policy, PolicySet } from '../../src/domain/policy.ts';
import type { ServiceManager } from '../../src/domain/repair.ts';
import type { Unit } from '../../src/domain/unit.ts';
import { openAppendLog } from '../../src/host/files/append-log.ts';
import { createTokenCheck } from '../../src/http/auth.ts';
import { createRemediatorApp } from '../../src/http/remediator.ts';
import { createRehearsal } from '../../src/managers/rehearsal.ts';
import { RAILS } from '../../src/policy/rails.ts';
import { openLedger } from '../../src/remediator/ledger.ts';
import { startRemediator } from '../../src/remediator/remediator.ts';
import { createFakeLedger } from '../fakes/ledger.ts';
import { recordedLog } from '../fakes/recorded-log.ts';
import {
  aPolicy,
  aPolicySet,
  aUnit,
  circumstances,
  createFakeClock,
  createFakeManager,
} from '../fakes/repairs.ts';
import { tempFolder } from '../fakes/temp-folder.ts';
import { scrapeOf } from '../http/scrape-of.ts';
import { serving } from '../http/serving.ts';
import type { LedgerEntry } from '../lab/loop.ts';
import { waitFor } from '../lab/wait.ts';

export const TOKEN = 'the-token-of-this-test';

/** For tests whose many small steps may take a busy machine long. */
export const PATIENT = { timeout: 30_000 };

/** A whole remediator behind its listener, on a ledger on the disk; only the machine is not real. */
export type Whole = Awaited<ReturnType<typeof startWhole>>;

export interface WholeOptions {
  readonly policies?: readonly Policy[];
  readonly settings?: Partial<PolicySet>;
  /** The unit of a name, as it is now, after so many actions at any unit. */
  readonly unitOf?: (name: string, actions: number) => Unit | undefined;
  /** Whether its ledger is on a disk, which takes time; true unless told otherwise. It cannot be restarted without. */
  readonly onDisk?: boolean;
  /** What a fake clock tells, unless it is to tell something else. */
  readonly moment?: (own: () => Moment) => Moment;
}

/** Starts one that may restart `a.service`, which has failed and is well once restarted, unless told otherwise. */
export async function startWhole({
  policies = [aPolicy()],
  settings = {},
  unitOf = recovers,
  onDisk = true,
  moment: momentOf = (own) => own(),
}: WholeOptions = {}) {
  const clock = createFakeClock();
  const moment = () => momentOf(clock.moment);
  const ledgerFile = join(tempFolder(), 'ledger.jsonl');
  const looked: string[] = [];
  const acted: { readonly name: string; readonly seconds: number }[] = [];
  const statuses: number[] = [];
  const { log, lines: logged } = recordedLog();
  const manager = recorded(unitOf, looked, acted, () => clock.elapsedMs() / 1000);
  let ids = 0;
  const policySet = aPolicySet(policies, settings);

  const inMemory = createFakeLedger([], moment);
  const ledgerText = () => (onDisk ? linesOf(ledgerFile) : inMemory.disk.texts);

  async function begin() {
    const file = onDisk ? (await openAppendLog(ledgerFile)).log : undefined;
    const ledger = file === undefined ? inMemory.ledger : await openLedger(file, moment);
    const remediator = await startRemediator({
      ledger,
      policies: () => policySet,
      rails: RAILS,
      manager,
      rehearsal: createRehearsal(manager),
      circumstances: async () => circumstances(),
      witnesses: {
        probe: async () => ({ known: false, why: 'there is none' }),
        gpuProcessesOf: async () => ({ known: true, value: [] }),
        gpuProcesses: async () => ({ known: true, value: [] }),
      },
      evidence: async () => 'hash',
      pause: async () => ({ known: true, value: undefined }),
      clock,
      moment,
      createId: () => `n${++ids}`,
      log,
    });
    const end = async () => {
      await remediator.stop();
      await file?.close();
    };
    return { remediator, end };
  }

  let running = await begin();
  onTestFinished(() => running.end());
  const check = createTokenCheck(TOKEN);
  const url = await serving(
    createRemediatorApp({
      version: '1.2.3',
      metrics: scrapeOf(''),
      remediator: () => running.remediator,
      tokenCheck: () => check,
      isUser: () => false,
      countWebhook: (status) => statuses.push(status),
      log,
    }),
  );

  return {
    url,
    clock,
    /** Names of units that the manager was asked about, and those that it did something to. */
    looked,
    acted,
    logged,
    statuses,
    /** Status and answer of the webhook. */
    async post(body: unknown, headers: Readonly<Record<string, string>> = {}) {
      const reply = await fetch(`${url}/api/v1/webhook`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}`, ...headers },
        body: typeof body === 'string' || body instanceof Buffer ? body : JSON.stringify(body),
      });
      const answer: unknown = await reply.json();
      return { status: reply.status, answer };
    },
    ledger: (): readonly LedgerEntry[] => ledgerText().map((line): LedgerEntry => JSON.parse(line)),
    ledgerText,
    read: () => running.remediator.read(),
    recent: (count: number) => running.remediator.recent(count),
    /** Waits until there is nothing to do. */
    idle: (everyMs = 5) =>
      waitFor(
        'the queue is empty',
        async () => (await running.remediator.read()).queueLength === 0 || undefined,
        { everyMs, timeoutMs: 30_000 },
      ),
    /** Ends it, and starts another one on its ledger. */
    async restart() {
      await running.end();
      running = await begin();
    },
  };
}

function recovers(name: string, actions: number): Unit {
  const now = actions === 0 ? {} : ({ activeState: 'active', subState: 'running' } as const);
  return aUnit({ id: name, invocationId: `run ${actions}`, ...now });
}

function recorded(
  unitOf: NonNullable<WholeOptions['unitOf']>,
  looked: string[],
  acted: { readonly name: string; readonly seconds: number }[],
  seconds: () => number,
): ServiceManager {
  const inner = createFakeManager((actions, name) => unitOf(name, actions));
  return {
    ...inner,
    async inspect(ref, signal) {
      looked.push(ref.name);
      return await inner.inspect(ref, signal);
    },
    async run(action, ref, signal) {
      acted.push({ name: ref.name, seconds: seconds() });
      return await inner.run(action, ref, signal);
    },
  };
}

function linesOf(file: string): readonly string[] {
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
}
