import type { Alert } from '../../src/domain/alert.ts';
import type { WorldTime } from './time.ts';

/** Alerts that there can be: by the alert's name, which is that of its policy, and the unit that it names. */
export const ALERTS = [
  ['crashed', 'a.service'],
  ['crashed', 'alias-of-a.service'],
  ['crashed', 'b.service'],
  ['crashed', 'innocent.service'],
  ['crashed', 'ssh.service'],
  ['crashed', 'other.service'],
  ['crashed', 'ghost.service'],
  ['crashed', 'a.service; reboot'],
  ['hot', 'c.service'],
  ['noisy', 'c.service'],
  ['power', 'c.service'],
  ['leaking', 'b.service'],
  ['leaking', 'c.service'],
  ['stuck', 'b.service'],
  ['nobody', 'a.service'],
] as const;

/** When a firing alert began: now, or as it did before; long ago, or in the future. */
export const BEGINNINGS = ['now', 'as before', 'long ago', 'tomorrow'] as const;

/** One of them. */
export type Beginning = (typeof BEGINNINGS)[number];

/** Takes a notification; throws if it could not be written down; undefined: nobody listens. */
export type Receiver = () => ((alerts: readonly Alert[]) => Promise<unknown>) | undefined;

/** One or two Alertmanagers that know the same alerts. */
export interface Alertmanager {
  fire(alert: number, beginning: Beginning): Alert;
  /** Those that fire under that number, as over. */
  over(alert: number): readonly Alert[];
  /** Everything that was ever sent, as over. */
  allOver(): readonly Alert[];
  /** Sends a notification, again and again until it is taken. */
  send(alerts: readonly Alert[]): void;
  /** Sends what fires once more. */
  repeat(): void;
  /** Notifications that were not taken yet. */
  readonly unsent: number;
}

const RETRY_MS = 10_000;

const REPEAT_MS = 60_000;

/** So often is sent what goes on firing. */
const REPEATS = 8;

/** Gives an Alertmanager that sends notifications to fettle, whichever process that is. */
export function createAlertmanager(time: WorldTime, receiver: Receiver): Alertmanager {
  const firing = new Map<number, Alert>();
  const sent = new Map<string, Alert>();
  let unsent = 0;
  let repeats = 0;
  let isRepeating = false;

  function send(alerts: readonly Alert[], tries = 0): void {
    if (alerts.length === 0) return;
    for (const alert of alerts) sent.set(`${alert.fingerprint}@${alert.startsAt.getTime()}`, alert);
    unsent++;
    const again = () => {
      unsent--;
      if (tries < 1000) time.after(RETRY_MS, 'world', () => send(alerts, tries + 1));
    };
    const accept = receiver();
    if (accept === undefined) return again();
    // A process that is killed meanwhile never answers: the connection is closed, and the notification sent again.
    let isSettled = false;
    const settle = (isTaken: boolean) => {
      if (isSettled) return;
      isSettled = true;
      cancel();
      if (isTaken) unsent--;
      else again();
    };
    const cancel = time.after(RETRY_MS, 'world', () => settle(false));
    accept(alerts).then(
      () => settle(true),
      () => settle(false),
    );
  }

  function repeatSoon(): void {
    if (isRepeating) return;
    isRepeating = true;
    time.after(REPEAT_MS, 'world', () => {
      isRepeating = false;
      if (firing.size === 0 || repeats++ > REPEATS) return;
      send([...firing.values()]);
      repeatSoon();
    });
  }

  return {
    fire(number, beginning) {
      const [alertname = '', unit = ''] = ALERTS[number] ?? [];
      const labels = new Map([
        ['alertname', alertname],
        ['unit', unit],
      ]);
      const before =
        firing.get(number)?.startsAt.getTime() ??
        [...sent.values()].findLast((one) => one.fingerprint === `f${number}`)?.startsAt.getTime();
      const startsMs = beginningMs(beginning, time.wallMs, before);
      const alert: Alert = {
        status: 'firing',
        labels,
        startsAt: new Date(startsMs),
        fingerprint: `f${number}`,
      };
      firing.set(number, alert);
      repeats = 0;
      repeatSoon();
      return alert;
    },
    over(number) {
      const alert = firing.get(number);
      firing.delete(number);
      return alert === undefined ? [] : [{ ...alert, status: 'resolved' }];
    },
    allOver() {
      firing.clear();
      return [...sent.values()].map((alert) => ({ ...alert, status: 'resolved' }));
    },
    send,
    repeat: () => send([...firing.values()]),
    get unsent() {
      return unsent;
    },
  };
}

function beginningMs(beginning: Beginning, now: number, before: number | undefined): number {
  switch (beginning) {
    case 'now':
      return now;
    case 'as before':
      return before ?? now;
    case 'long ago':
      return now - 3 * 86_400_000;
    case 'tomorrow':
      return now + 86_400_000;
    default:
      return beginning satisfies never;
  }
}
