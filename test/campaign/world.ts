import { openLedger } from '../../src/remediator/ledger.ts';
import { createAlertmanager } from './alertmanager.ts';
import { createAround } from './around.ts';
import { createDisk } from './disk.ts';
import type { Moods } from './manager.ts';
import { dumpOf } from './oracle/dump.ts';
import { createOracle, type Oracle } from './oracle/oracle.ts';
import { ONESHOTS, policySet, type Settings, UNITS } from './policies.ts';
import { type Process, startProcess } from './process.ts';
import { createTime, type Owner, type WorldTime } from './time.ts';
import { createUnits, type Units } from './units.ts';

/** The whole simulated machine, with fettle on it. */
export interface World {
  readonly time: WorldTime;
  readonly units: Units;
  readonly around: ReturnType<typeof createAround>;
  readonly moods: Moods;
  readonly disk: ReturnType<typeof createDisk>;
  readonly alerts: ReturnType<typeof createAlertmanager>;
  readonly oracle: Oracle;
  /** Whose code runs. */
  readonly owner: () => Owner;
  readonly settings: () => Settings;
  reload(change: Partial<Settings>): void;
  /** Starts fettle if it does not run. */
  start(): void;
  /** Fettle, or the machine, will end after so many more events. */
  endAfter(events: number, end: () => void): void;
  kill(lines: number): void;
  reboot(lines: number): void;
  stop(): Promise<void>;
  pass(seconds: number): Promise<void>;
  /** Whether fettle means to undo something. */
  isUndoing(): boolean;
  /** Compares what fettle knows with what the disk tells. */
  compare(): Promise<void>;
  /** What happened, for people; kept only if asked for. */
  readonly trace: readonly string[];
  note(text: () => string): void;
  readonly counts: { asked: number; crashes: number };
}

const START_AGAIN_MS = 5000;

const STOP_LIMIT_SECONDS = 30;

/** Gives a machine on which fettle does not run yet. */
export function createWorld(begin: Settings, isTraced: boolean): World {
  const time = createTime();
  const units = createUnits(time, UNITS, ONESHOTS);
  const around = createAround(time);
  const moods: Moods = { jobs: 'prompt', looks: 'prompt' };
  const oracle = createOracle({ time, units, around, settings: begin });
  const trace: string[] = [];
  const counts = { asked: 0, crashes: 0 };
  let settings = begin;
  let policies = policySet(begin);
  let processes = 0;
  let process: Process | undefined;
  let armed: { left: number; readonly end: () => void } | undefined;
  let steady = { boot: 0, seconds: 0 };

  function note(text: () => string): void {
    if (isTraced) trace.push(`${(time.trueMs / 1000).toFixed(3).padStart(12)} s  ${text()}`);
  }

  const disk = createDisk(time, (text, owner) => {
    note(() => `disk (process ${owner}): ${text.replace(/,"chain.*/, '}')}`);
    oracle.onLine(text, owner);
  });

  const log = {
    info: () => undefined,
    warn: () => undefined,
    error: (fields: object, message: string) => note(() => `log: ${message} ${JSON.stringify(fields)}`),
  };

  function start(): void {
    if (process !== undefined) return;
    note(() => `fettle starts (process ${processes + 1})`);
    process = startProcess(
      {
        time,
        disk,
        units,
        around,
        moods,
        policies: () => policies,
        onAsked(asked) {
          counts.asked++;
          note(
            () =>
              `manager (process ${asked.owner}): ${asked.action} of ${asked.name} ${JSON.stringify(asked.values)}`,
          );
          oracle.onAsked(asked);
        },
        log,
      },
      ++processes,
    );
  }

  function kill(lines: number): void {
    if (process === undefined) return;
    counts.crashes++;
    note(() => `fettle is gone (process ${process?.owner})`);
    time.drop(process.owner);
    process = undefined;
    disk.cut(lines);
  }

  function look(): void {
    noticeFailure();
    checkClock();
    if (armed !== undefined && armed.left-- <= 0) {
      const { end } = armed;
      armed = undefined;
      end();
    }
  }

  function noticeFailure(): void {
    const failure = process?.failure;
    if (failure === undefined) return;
    if (!failure.includes('no space left')) oracle.complain(`fettle did not start: ${failure}`);
    kill(0);
    time.after(START_AGAIN_MS, 'world', start);
  }

  function checkClock(): void {
    const now = process?.ledger?.history.steadyAt(time.moment());
    if (now === undefined) return;
    const { boot } = time;
    // Before the first line of a start of the machine, the wall clock is all that there is, and may be set.
    const isSure = !disk.isWriting && disk.texts.at(-1)?.includes(`"boot":"boot-${boot}"`) === true;
    if (isSure && steady.boot === boot && now < steady.seconds - 1e-6) {
      oracle.complain(`the steady clock went back from ${steady.seconds} to ${now}`);
    }
    steady = { boot: isSure ? boot : 0, seconds: now };
  }

  return {
    time,
    units,
    around,
    moods,
    disk,
    oracle,
    trace,
    note,
    counts,
    alerts: createAlertmanager(time, () => process?.remediator?.accept),
    owner: () => process?.owner ?? 'world',
    settings: () => settings,
    reload(change) {
      settings = { ...settings, ...change };
      policies = policySet(settings);
      oracle.onSettings(settings);
    },
    start,
    endAfter(events, end) {
      armed = { left: events, end };
    },
    kill,
    reboot(lines) {
      kill(lines);
      note(() => 'the machine starts anew');
      time.drop('machine');
      time.reboot();
      units.reboot();
      oracle.onReboot();
    },
    async stop() {
      const stopped = process;
      const remediator = stopped?.remediator;
      if (stopped === undefined || remediator === undefined) return kill(0);
      note(() => 'fettle is being stopped');
      let isStopped = false;
      remediator.stop().then(
        () => {
          isStopped = true;
        },
        (thrown: unknown) => oracle.complain(`the stop failed: ${String(thrown)}`),
      );
      for (let waited = 0; !isStopped && waited < STOP_LIMIT_SECONDS && process === stopped; waited++) {
        await time.pass(waited === 0 ? 0 : 1000, look);
      }
      if (process !== stopped) return;
      if (!isStopped) oracle.complain(`fettle did not stop within ${STOP_LIMIT_SECONDS} s`);
      kill(0);
    },
    pass: (seconds) => time.pass(seconds * 1000, look),
    isUndoing: () => (process?.ledger?.history.toUndo().length ?? 0) > 0,
    async compare() {
      const history = process?.ledger?.history;
      if (history === undefined || disk.isWriting || process?.remediator === undefined) return;
      const { history: replayed } = await openLedger(disk.filesOf('world'), time.moment);
      const invocations = units.all.map(({ invocationId }) => invocationId);
      const [own, other] = [history, replayed].map((one) => dumpOf(one, units, invocations));
      if (own !== other)
        oracle.complain(`the ledger tells another history than fettle has:\n${own}\n${other}`);
    },
  };
}
