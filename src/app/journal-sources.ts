import type { Collector } from '../collectors/collector.ts';
import { createJournalCollector } from '../collectors/journal.ts';
import type { ExporterConfig } from '../config/config.ts';
import type { Log } from '../domain/log.ts';
import { systemClock } from '../host/clock.ts';
import { openStateFile } from '../host/files/state-file.ts';
import { readUserNames } from '../host/processes/user-names.ts';
import { startJournal } from '../sources/journal/source.ts';

/** What is counted in the journal. */
export interface JournalSources {
  readonly collectors: readonly Collector[];
  stop(): Promise<void>;
}

/** Where what was counted lasts, in the folder of what must last. */
export function journalStateFile(folder: string): string {
  return `${folder}/journal.json`;
}

/** Starts to count the journal, if that is wanted; what was counted lasts in the folder. */
export function startJournalSources(
  { journal }: Pick<ExporterConfig, 'journal'>,
  folder: string,
  log: Log,
): JournalSources {
  if (journal === undefined) return { collectors: [], stop: async () => undefined };
  const users = readUserNames().catch(() => new Map<number, string>());
  let names: ReadonlyMap<number, string> = new Map();
  const reader = startJournal({
    journalctl: ['journalctl'],
    rules: journal.rules,
    userName: (uid) => names.get(uid) ?? String(uid),
    async openState() {
      // Before the first message is read, so that a user has the same name in all of them.
      names = await users;
      return await openStateFile(journalStateFile(folder));
    },
    clock: systemClock,
    log,
  });
  return { collectors: [createJournalCollector(reader.read)], stop: reader.stop };
}
