import { type Alert, alertName } from '../domain/alert.ts';
import type { Clock } from '../domain/clock.ts';
import { LEDGER_VERSION, type ReceivedLine, type ResolvedLine } from '../domain/ledger.ts';
import type { Policy, PolicySet } from '../domain/policy.ts';
import { matchesPolicy, targetUnit } from '../policy/match.ts';
import { Tally } from '../policy/tally.ts';
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
  readonly createId: () => string;
  /** Called for every new intake, once it is on the disk. */
  readonly onReceived: (line: ReceivedLine) => void;
}

interface Draft {
  readonly receipt: Receipt;
  readonly lines: readonly (ReceivedLine | ResolvedLine)[];
}

/**
 * The door for alerts: deduplicates, writes down, hands on.
 *
 * One notification at a time, so that two copies of it that arrive together are one alert.
 */
export function createIntake({ ledger, policies, clock, createId, onReceived }: IntakeOptions): Intake {
  const outcomes = new Tally<['outcome']>();
  for (const outcome of ALERT_OUTCOMES) outcomes.add([outcome], 0);
  let last: Promise<unknown> = Promise.resolve();

  async function take(alerts: readonly Alert[]): Promise<readonly Receipt[]> {
    const drafts = uniqueAlerts(alerts).map(draftOf);
    const lines = drafts.flatMap((draft) => draft.lines);
    if (lines.length > 0) await ledger.append(lines);
    for (const { receipt } of drafts) outcomes.add([receipt.outcome]);
    for (const line of lines) if (line.event === 'received') onReceived(line);
    return drafts.map((draft) => draft.receipt);
  }

  function draftOf(alert: Alert): Draft {
    return alert.status === 'firing' ? firingDraft(alert) : resolvedDraft(alert);
  }

  function firingDraft(alert: Alert): Draft {
    const now = clock.now();
    const fitting = policies().policies.filter((policy) => matchesPolicy(policy, alert));
    const fresh = fitting.filter(
      (policy) => !ledger.history.isTakenIn(alert.fingerprint, alert.startsAt, policy, now),
    );
    const lines = fresh.map((policy) => receivedLine(alert, policy, now));
    const outcome = lines.length > 0 ? 'accepted' : fitting.length > 0 ? 'duplicate' : 'unmatched';
    return { receipt: receiptOf(alert, outcome, lines), lines };
  }

  function receivedLine(alert: Alert, policy: Policy, now: Date): ReceivedLine {
    return {
      v: LEDGER_VERSION,
      at: now.toISOString(),
      event: 'received',
      id: createId(),
      policy: policy.name,
      unit: targetUnit(policy.unit, alert),
      alertname: alertName(alert),
      fingerprint: alert.fingerprint,
      startsAt: alert.startsAt.toISOString(),
      action: policy.steps[0] ?? 'restart',
      labels: Object.fromEntries(alert.labels),
    };
  }

  function resolvedDraft(alert: Alert): Draft {
    const receipt = receiptOf(alert, 'resolved', []);
    // Of an alert that led to nothing, or that was resolved before, there is nothing to tell.
    if (!ledger.history.isOpen(alert.fingerprint, alert.startsAt)) return { receipt, lines: [] };
    const line: ResolvedLine = {
      v: LEDGER_VERSION,
      at: clock.now().toISOString(),
      event: 'resolved',
      alertname: alertName(alert),
      fingerprint: alert.fingerprint,
      startsAt: alert.startsAt.toISOString(),
    };
    return { receipt, lines: [line] };
  }

  return {
    outcomes,
    accept(alerts) {
      const done = last.then(() => take(alerts));
      last = done.catch(() => undefined);
      return done;
    },
  };
}

/** The same occurrence twice in one notification is one alert. */
function uniqueAlerts(alerts: readonly Alert[]): readonly Alert[] {
  const seen = new Map(
    alerts.map((alert) => [`${alert.status}@${alert.fingerprint}@${alert.startsAt.getTime()}`, alert]),
  );
  return [...seen.values()];
}

function receiptOf(alert: Alert, outcome: AlertOutcome, lines: readonly ReceivedLine[]): Receipt {
  const intakes = lines.map(({ id, policy, unit }) => ({ id, policy, unit }));
  return { alertname: alertName(alert), fingerprint: alert.fingerprint, outcome, intakes };
}
