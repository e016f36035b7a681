import type { LedgerEvent, LedgerLine } from '../domain/ledger.ts';
import type { Moment } from '../domain/moment.ts';
import { History } from '../policy/history.ts';
import { firstLinkOf, linkOf } from './ledger-chain.ts';
import { lineAt } from './ledger-line.ts';
import { type LedgerPiece, walkLedger } from './ledger-walk.ts';

/** What has happened, on disk and in memory; the two never differ. */
export interface Ledger {
  readonly history: History;
  /**
   * Writes events durably, with the time of the call, then takes them into the history. Throws if they could not be
   * written: then nothing happened.
   */
  append(events: readonly LedgerEvent[]): Promise<void>;
  /** How many appends have failed since the start. */
  readonly errors: number;
}

/** Adds lines durably and in one piece, or throws and adds none; they are made when it is their turn. */
export type AppendDurably = (linesOf: (beginsFile: boolean) => readonly string[]) => Promise<void>;

/** The files of a ledger. */
export interface LedgerFiles {
  /** All lines that there are, the oldest first. */
  read(): AsyncIterable<LedgerPiece>;
  readonly append: AppendDurably;
}

/** Folds the lines of a ledger, and goes on from there. Throws Failure `unreadable` as `walkLedger` does. */
export async function openLedger(files: LedgerFiles, moment: () => Moment): Promise<Ledger> {
  const history = new History();
  const { chain } = await walkLedger(files.read(), (line) => history.apply(line));
  return createLedger({ history, chain, append: files.append, moment });
}

/** What a ledger goes on from, and how. */
export interface LedgerState {
  readonly history: History;
  /** The hash of the last line. */
  readonly chain: string;
  readonly append: AppendDurably;
  readonly moment: () => Moment;
}

/** Events that wait to be written. */
interface Entry {
  readonly lines: readonly LedgerLine[];
  readonly jsons: readonly string[];
  resolve(): void;
  reject(thrown: unknown): void;
}

/** A ledger that goes on from a history. What comes while lines are being written is written together after them. */
export function createLedger({ history, chain: begin, append, moment }: LedgerState): Ledger {
  let chain = begin;
  let errors = 0;
  let waiting: Entry[] = [];
  let isWriting = false;

  async function writeAll(): Promise<void> {
    if (isWriting) return;
    isWriting = true;
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      await writeGroup(group);
    }
    isWriting = false;
  }

  /** If all of them together cannot be written, each is tried alone: one may be too large for the room that is left. */
  async function writeGroup(group: readonly Entry[]): Promise<void> {
    try {
      chain = await write(group.flatMap(({ jsons }) => jsons));
    } catch (thrown) {
      if (group.length === 1) fail(group, thrown);
      else for (const one of group) await writeGroup([one]);
      return;
    }
    for (const { lines, resolve } of group) {
      for (const line of lines) history.apply(line);
      resolve();
    }
  }

  function fail(group: readonly Entry[], thrown: unknown): void {
    for (const { reject } of group) {
      errors++;
      reject(thrown);
    }
  }

  /** Gives the hash of the last of them. */
  async function write(jsons: readonly string[]): Promise<string> {
    let end = chain;
    await append((beginsFile) => {
      end = chain;
      return jsons.map((json, index) => {
        const link = beginsFile && index === 0 ? firstLinkOf(end, json) : linkOf(end, json);
        end = link.chain;
        return link.text;
      });
    });
    return end;
  }

  return {
    history,
    get errors() {
      return errors;
    },
    async append(events) {
      if (events.length === 0) return;
      const now = moment();
      const lines = events.map((event) => lineAt(now, event));
      const jsons = lines.map((line) => JSON.stringify(line));
      await new Promise<void>((resolve, reject) => {
        waiting.push({ lines, jsons, resolve, reject });
        void writeAll();
      });
    },
  };
}
