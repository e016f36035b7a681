import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { JournalReading } from '../../../src/domain/journal.ts';
import { systemClock } from '../../../src/host/clock.ts';
import { openStateFile } from '../../../src/host/files/state-file.ts';
import type { Journalctl } from '../../../src/sources/journal/journalctl.ts';
import { type Journal, type JournalOptions, startJournal } from '../../../src/sources/journal/source.ts';
import { recordedLog } from '../../fakes/recorded-log.ts';
import { type Lab, startLab } from '../../lab/lab.ts';

/** A lab whose journal keeps all that a test writes. */
export async function journalLab(): Promise<Lab> {
  const lab = await startLab();
  onTestFinished(() => lab.stop());
  const config = `${lab.root}/etc/systemd/journald.conf.d/zz-room.conf`;
  writeFileSync(config, '[Journal]\nRuntimeMaxUse=512M\nRuntimeMaxFileSize=64M\nRateLimitIntervalSec=0\n');
  await lab.run(['systemctl', 'restart', 'systemd-journald.service']);
  return lab;
}

/** The lab's own journalctl. */
export function labJournalctl(lab: Lab): Journalctl {
  return ['nsenter', '-t', String(lab.pid), '-a', '--', 'journalctl'];
}

/** A journal that is being counted. */
export interface Counting {
  readonly journal: Journal;
  readonly lines: ReturnType<typeof recordedLog>['lines'];
  /** What is shown; throws where nothing is. */
  shown(): JournalReading;
  /** Messages of a unit of the system, by priority. */
  messages(unit: string): Readonly<Record<string, number>>;
}

/** Starts to count the journal of a lab; it lasts in the lab's folder. */
export function startCounting(lab: Lab, more: Partial<JournalOptions> = {}): Counting {
  const { log, lines } = recordedLog();
  const journal = startJournal({
    journalctl: labJournalctl(lab),
    rules: [],
    userName: String,
    openState: () => openStateFile(stateOf(lab)),
    clock: systemClock,
    log,
    ...more,
    pauses: { saveEveryMs: 200, restartMs: 50, ...more.pauses },
  });
  onTestFinished(() => journal.stop());
  return {
    journal,
    lines,
    shown: () => required(journal.read()),
    messages: (unit) => {
      const found = required(journal.read()?.counts).units.find((one) => one.unit === unit);
      return Object.fromEntries((found?.priorities ?? []).map((one) => [one.priority, one.messages]));
    },
  };
}

/** Where the state of a lab's journal lasts. */
export function stateOf(lab: Lab): string {
  return join(lab.dir, 'state', 'journal.json');
}

/** What is there; throws where nothing is. */
export function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('nothing is there yet');
  return value;
}

/** How many messages of a unit journalctl finds, by priority. */
export async function journalCounts(lab: Lab, unit: string): Promise<Readonly<Record<string, number>>> {
  const words = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];
  const counts = words.map(async (word, priority) => {
    const matches = `_SYSTEMD_UNIT=${unit} PRIORITY=${priority}`;
    const { stdout } = await lab.run(['bash', '-c', `journalctl -q -o json ${matches} | wc -l`]);
    return [word, Number(stdout)] as const;
  });
  return Object.fromEntries((await Promise.all(counts)).filter(([, count]) => count > 0));
}

/** A service that writes so many messages, of all priorities in turn; resolves once it has written them. */
export async function write(lab: Lab, unit: string, messages: number, uid = 0): Promise<void> {
  const script = `for ((i = 0; i < ${messages}; i++)); do echo "<$((i % 8))>message $i"; done`;
  const asUser = ['setpriv', `--reuid=${uid}`, '--clear-groups'];
  const argv = ['systemd-run', '--wait', '--quiet', `--unit=${unit}`, ...asUser, 'bash', '-c', script];
  await lab.run(argv, { timeoutMs: 60_000 });
  await lab.run(['journalctl', '--sync']);
}

/** All messages of a unit. */
export const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);
