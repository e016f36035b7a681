import { type Alert, alertName } from '../domain/alert.ts';
import type { Clock } from '../domain/clock.ts';
import { createGate } from '../domain/gate.ts';
import type { ReceivedEvent, ResolvedEvent } from '../domain/ledger.ts';
import type { Moment } from '../domain/moment.ts';
import type { Policy, PolicySet } from '../domain/policy.ts';
import { matchesPolicy, targetUnit } from '../policy/match.ts';
import { Tally } from '../policy/tally.ts';
import type { Case } from './case.ts';
import type { Ledger } from './ledger.ts';

/** What becomes of an alert in a notification. */
export const ALERT_OUTCOMES = ['accepted', 'duplicate', 'unmatched', 'resolved'] as const;

type AlertOutcome = (typeof ALERT_OUTCOMES)[number];

/** What the sender is told about one alert. */
export interface Receipt {
  readonly alertname: string;
  readonly fingerprint: string;
  readonly outcome: AlertOutcome;
  /** The intakes that an accepted alert has led to: one for each policy that it fits. */
  readonly intakes: readonly { readonly id: string; readonly policy: string; readonly unit: string }[];
}

/** Takes notifications in. */
export interface Intake {
  /** Writes what is new to the ledger before it returns. Throws if that fails: then nothing was taken in. */
  accept(alerts: readonly Alert[]): Promise<readonly Receipt[]>;
  readonly outcomes: Tally<['outcome']>;
}

/** What the intake needs. */
export interface IntakeOptions {
  readonly ledger: Ledger;
  readonly policies: () => PolicySet;
  readonly clock: Clock;
  readonly moment: () => Moment;
  readonly createId: () => string;
  /** Called for every new case, once it is on the disk. */
  readonly onReceived: (one: Case) => void;
  /** Called for alerts that are over, once that is on the disk. */
  readonly onResolved: () => void;
}

interface Draft {
  readonly receipt: Receipt;
  readonly lines: readonly (ReceivedEvent | ResolvedEvent)[];
}

/**
 * The door for alerts: deduplicates, writes down, hands on.
 *
 * One notification at a time, so that two copies of it that arrive together are one alert.
 */
export function createIntake(options: IntakeOptions): Intake {
  const { ledger, policies, clock, moment, createId, onReceived, onResolved } = options;
  const { history } = ledger;
  const outcomes = new Tally<['outcome']>();
  for (const outcome of ALERT_OUTCOMES) outcomes.add([outcome], 0);
  const oneNotification = createGate(1);

  async function take(alerts: readonly Alert[]): Promise<readonly Receipt[]> {
    // Once for all of them: the machine is asked how long it has been up.
    const now = clock.now();
    const receivedAt = history.steadyAt(moment());
    const drafts = uniqueAlerts(alerts).map((alert) => draftOf(alert, now, receivedAt));
    const lines = drafts.flatMap((draft) => draft.lines);
    if (lines.length > 0) await ledger.append(lines);
    for (const { receipt } of drafts) outcomes.add([receipt.outcome]);
    for (const line of lines) if (line.event === 'received') onReceived({ received: line, receivedAt });
    if (lines.some(({ event }) => event === 'resolved')) onResolved();
    return drafts.map((draft) => draft.receipt);
  }

  function draftOf(alert: Alert, now: Date, steady: number): Draft {
    return alert.status === 'firing' ? firingDraft(alert, now, steady) : resolvedDraft(alert);
  }

  function firingDraft(alert: Alert, now: Date, steady: number): Draft {
    const fitting = policies().policies.filter((policy) => matchesPolicy(policy, alert));
    const fresh = fitting.filter(
      (policy) => !history.isTakenIn(alert.fingerprint, alert.startsAt, policy, now, steady),
    );
    const lines = fresh.map((policy) => receivedEvent(alert, policy));
    const outcome = lines.length > 0 ? 'accepted' : fitting.length > 0 ? 'duplicate' : 'unmatched';
    return { receipt: receiptOf(alert, outcome, lines), lines };
  }

  function receivedEvent(alert: Alert, policy: Policy): ReceivedEvent {
    return {
      event: 'received',
      id: createId(),
      policy: policy.name,
      unit: targetUnit(policy.unit, alert),
      alertname: alertName(alert),
      fingerprint: alert.fingerprint,
      startsAt: alert.startsAt.toISOString(),
      labels: Object.fromEntries(alert.labels),
    };
  }

  function resolvedDraft(alert: Alert): Draft {
    const receipt = receiptOf(alert, 'resolved', []);
    // Of an alert that led to nothing, or that was resolved before, there is nothing to tell.
    if (!history.isOpen(alert.fingerprint, alert.startsAt)) return { receipt, lines: [] };
    const line: ResolvedEvent = {
      event: 'resolved',
      alertname: alertName(alert),
      fingerprint: alert.fingerprint,
      startsAt: alert.startsAt.toISOString(),
    };
    return { receipt, lines: [line] };
  }

  return {
    outcomes,
    accept: (alerts) => oneNotification(() => take(alerts)),
  };
}

/** The same occurrence twice in one notification is one alert. */
function uniqueAlerts(alerts: readonly Alert[]): readonly Alert[] {
  const seen = new Map(
    alerts.map((alert) => [`${alert.status}@${alert.fingerprint}@${alert.startsAt.getTime()}`, alert]),
  );
  return [...seen.values()];
}

function receiptOf(alert: Alert, outcome: AlertOutcome, lines: readonly ReceivedEvent[]): Receipt {
  const intakes = lines.map(({ id, policy, unit }) => ({ id, policy, unit }));
  return { alertname: alertName(alert), fingerprint: alert.fingerprint, outcome, intakes };
}
