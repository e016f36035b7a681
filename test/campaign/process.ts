import type { Circumstances } from '../../src/domain/circumstances.ts';
import type { Log } from '../../src/domain/log.ts';
import type { PolicySet } from '../../src/domain/policy.ts';
import { createRehearsal } from '../../src/managers/rehearsal.ts';
import { RAILS } from '../../src/policy/rails.ts';
import { type Ledger, openLedger } from '../../src/remediator/ledger.ts';
import { type Remediator, startRemediator } from '../../src/remediator/remediator.ts';
import type { Around } from './around.ts';
import type { Disk } from './disk.ts';
import { ANSWER_MS, ask } from './io.ts';
import { type Asked, createSimManager, type Moods } from './manager.ts';
import type { WorldTime } from './time.ts';
import type { Units } from './units.ts';

/** The machine on which processes of fettle run. */
export interface Machine {
  readonly time: WorldTime;
  readonly disk: Disk;
  readonly units: Units;
  readonly around: Around;
  readonly moods: Moods;
  readonly policies: () => PolicySet;
  readonly onAsked: (asked: Asked) => void;
  readonly log: Log;
}

/** A process of fettle. */
export interface Process {
  readonly owner: number;
  /** Once the ledger has been read. */
  ledger: Ledger | undefined;
  /** Once it takes alerts. */
  remediator: Remediator | undefined;
  /** It could not start: what it said. */
  failure: string | undefined;
}

const LOOK_AROUND_MS = 20;

const EVIDENCE_MS = 50;

/** Starts a process; everything that it asks of the machine takes time, in which it can be killed. */
export function startProcess(machine: Machine, owner: number): Process {
  const process: Process = { owner, ledger: undefined, remediator: undefined, failure: undefined };
  start(machine, owner, process).catch((thrown: unknown) => {
    process.failure = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  });
  return process;
}

async function start(machine: Machine, owner: number, process: Process): Promise<void> {
  const { time, disk, around, policies, log } = machine;
  let ids = 0;
  const manager = createSimManager({ ...machine, owner });
  const read = <T>(effectMs: number, signal: AbortSignal | undefined, effect: () => T) =>
    ask(time, owner, signal, { effectMs, answerMs: ANSWER_MS, effect });
  const ledger = await openLedger(disk.filesOf(owner), time.moment);
  process.ledger = ledger;
  process.remediator = await startRemediator({
    ledger,
    policies,
    rails: RAILS,
    manager,
    rehearsal: createRehearsal(manager),
    circumstances: ({ policy }, signal): Promise<Circumstances> =>
      read(LOOK_AROUND_MS, signal, () => {
        const { probeSuccess, ...rest } = around.read();
        return { ...rest, probeSuccess: policy.verify.probe === undefined ? undefined : probeSuccess };
      }),
    witnesses: {
      probe: (_name, signal) =>
        read(
          LOOK_AROUND_MS,
          signal,
          () => around.read().probeSuccess ?? { known: false, why: 'there is none' },
        ),
      gpuProcessesOf: async () => ({ known: true, value: [] }),
      gpuProcesses: async () => ({ known: true, value: [] }),
    },
    evidence: (_id, _step, _unit, signal) => read(EVIDENCE_MS, signal, () => 'hash'),
    pause: (signal) => read(LOOK_AROUND_MS, signal, () => around.readPause()),
    clock: time.clockOf(owner),
    moment: time.moment,
    createId: () => `n${owner}-${++ids}`,
    log,
  });
}
