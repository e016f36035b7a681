import type { Alert } from '../domain/alert.ts';
import type { Clock } from '../domain/clock.ts';
import { messageOf } from '../domain/errors.ts';
import { type FinishedLine, LEDGER_VERSION, type ReceivedLine } from '../domain/ledger.ts';
import type { Log } from '../domain/log.ts';
import type { PolicySet } from '../domain/policy.ts';
import type { RemediatorReading } from '../domain/reading.ts';
import type { ServiceManager } from '../domain/repair.ts';
import type { History, Intake as IntakeState } from '../policy/history.ts';
import type { Rail } from '../policy/rail.ts';
import { createExecutor } from './executor.ts';
import { createIntake, type Receipt } from './intake.ts';
import type { Ledger } from './ledger.ts';
import { createQueue } from './queue.ts';
import { createLooker, createRepair } from './repair.ts';
import { type RepairEntry, repairEntry } from './repair-entry.ts';

/** The acting half of fettle. */
export interface Remediator {
  /** Takes alerts in durably; what they lead to is done afterwards. Throws if they could not be written down. */
  accept(alerts: readonly Alert[]): Promise<readonly Receipt[]>;
  /** The last intakes, newest first. */
  recent(count: number): readonly RepairEntry[];
  read(): RemediatorReading;
  /** Ends what can be ended; a repair in the middle is told as interrupted at the next start. */
  stop(): Promise<void>;
}

/** What the remediator needs. */
export interface RemediatorOptions {
  readonly ledger: Ledger;
  readonly policies: () => PolicySet;
  readonly rails: readonly Rail[];
  readonly manager: ServiceManager;
  readonly rehearsal: ServiceManager;
  readonly clock: Clock;
  readonly createId: () => string;
  readonly log: Log;
}

/** Pause before a decision that could not be taken, or not be written down, is tried anew. */
const RETRY_MS = 10_000;

/**
 * Starts the remediator where its ledger ends.
 *
 * A repair that began and never ended counts as a failed attempt, since nobody knows what became of it: a
 * crash of fettle cannot turn into a loop of restarts. An alert that was taken in and not decided about is
 * decided about now.
 */
export async function startRemediator(options: RemediatorOptions): Promise<Remediator> {
  const { ledger, policies, rails, manager, clock, createId, log } = options;
  const { history } = ledger;
  const look = createLooker(manager);
  const execute = createExecutor({ ...options, look, repair: createRepair(manager, look, clock) });
  const queue = createQueue<ReceivedLine>(handle);
  const intake = createIntake({ ledger, policies, clock, createId, onReceived: (line) => queue.push(line) });

  async function handle(received: ReceivedLine, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        return await execute(received, signal);
      } catch (thrown) {
        if (signal.aborted) return;
        log.error({ id: received.id, err: messageOf(thrown) }, 'no decision yet; trying again');
        // Once the repair has begun it must not be begun again.
        if (history.phaseOf(received.id) !== 'received') return;
        await clock.sleep(RETRY_MS, signal).catch(() => undefined);
      }
    }
  }

  const interrupted = history.unended('started').map((one) => interruptedLine(one, clock.now()));
  if (interrupted.length > 0) {
    await ledger.append(interrupted);
    for (const { id, policy, unit } of interrupted) log.warn({ id, policy, unit }, 'repair was interrupted');
  }
  for (const { received } of history.unended('received')) queue.push(received);

  return {
    accept: (alerts) => intake.accept(alerts),
    recent: (count) => history.recent(count).map(repairEntry),
    read() {
      showAtZero(history, policies(), rails);
      return {
        decisions: history.decisions.entries().map(({ words: [policy, decision, reason], count }) => ({
          policy,
          decision,
          reason,
          count,
        })),
        repairs: history.repairs.entries().map(({ words: [policy, action, result], count }) => ({
          policy,
          action,
          result,
          count,
        })),
        alerts: intake.outcomes.entries().map(({ words: [outcome], count }) => ({ outcome, count })),
        queueLength: queue.length,
        ledgerErrors: ledger.errors,
        lastRepairSeconds:
          history.lastRepairAt === undefined ? undefined : history.lastRepairAt.getTime() / 1000,
      };
    },
    stop: () => queue.stop(),
  };
}

/** Counters that exist before their first event, so that `increase()` sees it. */
function showAtZero(history: History, { policies }: PolicySet, rails: readonly Rail[]): void {
  for (const { name, steps } of policies) {
    history.decisions.add([name, 'run', ''], 0);
    history.decisions.add([name, 'rehearse', ''], 0);
    for (const rail of rails) history.decisions.add([name, 'refuse', rail.name], 0);
    for (const action of steps) {
      for (const result of ['succeeded', 'failed', 'interrupted'])
        history.repairs.add([name, action, result], 0);
    }
  }
}

function interruptedLine({ received, started }: IntakeState, now: Date): FinishedLine {
  return {
    v: LEDGER_VERSION,
    at: now.toISOString(),
    event: 'finished',
    id: received.id,
    policy: received.policy,
    unit: started?.unit ?? received.unit,
    action: received.action,
    result: 'interrupted',
    detail: 'fettle was stopped in the middle of this repair; nobody knows how it ended',
    jobResult: '',
    invocationId: '',
    seconds: (now.getTime() - Date.parse(started?.at ?? received.at)) / 1000,
  };
}
