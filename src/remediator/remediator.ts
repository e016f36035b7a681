import { setMaxListeners } from 'node:events';
import type { Alert } from '../domain/alert.ts';
import { messageOf } from '../domain/errors.ts';
import { createGate } from '../domain/gate.ts';
import type { RemediatorReading } from '../domain/reading.ts';
import { createAct } from './act.ts';
import type { Case } from './case.ts';
import { createCourse } from './course.ts';
import { createExecutor, type ExecutorOptions } from './executor.ts';
import { createIntake, type Receipt } from './intake.ts';
import { interruptedSteps } from './interrupted.ts';
import { createKeep, type KeepOptions } from './keep.ts';
import { createLiveLook } from './live-look.ts';
import { createLooker, createProve } from './prove.ts';
import { readingOf } from './reading.ts';
import { createRepair } from './repair.ts';
import { type RepairEntry, repairEntry } from './repair-entry.ts';
import { createStepRun } from './step-run.ts';
import { createUndo, type UndoOptions } from './undo.ts';
import { createWaker } from './waker.ts';

/** The acting half of fettle. */
export interface Remediator {
  /** Takes alerts in durably; what they lead to is done afterwards. Throws if they could not be written down. */
  accept(alerts: readonly Alert[]): Promise<readonly Receipt[]>;
  /** The last intakes, newest first. */
  recent(count: number): readonly RepairEntry[];
  read(): Promise<RemediatorReading>;
  /** Ends what can be ended; a step in the middle is told as interrupted at the next start. */
  stop(): Promise<void>;
}

/** What the remediator needs. */
export interface RemediatorOptions
  extends Omit<ExecutorOptions, 'look' | 'stepRun' | 'oneAtATime'>,
    KeepOptions,
    Pick<UndoOptions, 'pause'> {
  readonly createId: () => string;
}

/** How often what is to be undone is looked at, beside each time that an alert is over. */
const UNDO_EVERY_MS = 60_000;

/**
 * Starts the remediator where its ledger ends.
 *
 * A step that began and never ended counts as a failed attempt, since nobody knows what became of it: a crash of
 * fettle cannot turn into a loop of restarts. A case that was taken in and has not come to its end goes on now.
 */
export async function startRemediator(options: RemediatorOptions): Promise<Remediator> {
  const { ledger, policies, rails, manager, clock, moment, createId, pause, log } = options;
  const { history } = ledger;
  const stopping = new AbortController();
  const { signal } = stopping;
  // Each case that waits listens to it.
  setMaxListeners(0, signal);
  const waker = createWaker(clock);
  const looker = createLooker(manager);
  const prove = createProve(looker, options.witnesses, clock);
  const repair = createRepair({ manager, act: createAct(manager, log), prove, look: looker, clock });
  const look = createLiveLook(looker, clock);
  const oneAtATime = createGate(1);
  const stepRun = createStepRun({ ...options, keep: createKeep(options), repair });
  const takeStep = createExecutor({ ...options, look, stepRun, oneAtATime });
  const course = createCourse({ ledger, policies, takeStep, waker, moment, log });
  const undo = createUndo({ ...options, oneAtATime });
  const intake = createIntake({
    ledger,
    policies,
    clock,
    moment,
    createId,
    onReceived: walk,
    onResolved: () => waker.wake(),
  });
  const underWay = new Map<Case, Promise<void>>();

  function walk(one: Case): void {
    const end = course(one, signal).finally(() => underWay.delete(one));
    underWay.set(one, end);
  }

  async function keepUndoing(): Promise<void> {
    while (!signal.aborted) {
      await undo(signal).catch((thrown: unknown) => {
        if (!signal.aborted) log.error({ err: messageOf(thrown) }, 'changes could not be undone');
      });
      const isWaiting = history.toUndo().length > 0;
      await waker.sleep(isWaiting ? UNDO_EVERY_MS : undefined, signal).catch(() => undefined);
    }
  }

  const interrupted = history.unended().flatMap((one) => interruptedSteps(one, history.steadyAt(moment())));
  if (interrupted.length > 0) await ledger.append(interrupted);
  for (const { id, policy, unit, action } of interrupted) {
    log.warn({ id, policy, unit, action }, 'step was interrupted');
  }
  for (const { received, receivedAt } of history.unended()) walk({ received, receivedAt });
  const undoing = keepUndoing();

  return {
    accept: (alerts) => intake.accept(alerts),
    recent: (count) => history.recent(count).map(repairEntry),
    async read() {
      const { known, ...paused } = await pause(signal).catch(() => ({ known: false as const }));
      const isPaused = !known || ('value' in paused && paused.value !== undefined);
      return readingOf({
        ledger,
        policies: policies(),
        rails,
        outcomes: intake.outcomes,
        cases: [...underWay.keys()],
        isPaused,
        steady: history.steadyAt(moment()),
      });
    },
    async stop() {
      stopping.abort(new Error('fettle is being stopped'));
      await Promise.all([...underWay.values(), undoing]);
    },
  };
}
