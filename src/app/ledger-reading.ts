import { readLog } from '../host/files/log-files.ts';
import { History } from '../policy/history.ts';
import { type Walked, walkLedger } from '../remediator/ledger-walk.ts';
import { type RepairEntry, repairEntry } from '../remediator/repair-entry.ts';

/** What alerts have led to, by a ledger. */
export interface ReadRepairs {
  readonly walked: Walked;
  /** As many as are kept in memory, newest first. */
  readonly repairs: readonly RepairEntry[];
}

/** Walks through a ledger and its older files without changing them. Throws Failure `unreadable`. */
export function verifyLedger(path: string): Promise<Walked> {
  return walkLedger(readLog(path), () => undefined);
}

/** Reads what a ledger tells of repairs, without changing it. Throws Failure `unreadable`. */
export async function readRepairs(path: string): Promise<ReadRepairs> {
  const history = new History();
  const walked = await walkLedger(readLog(path), (line) => history.apply(line));
  return { walked, repairs: history.recent(Number.POSITIVE_INFINITY).map(repairEntry) };
}
