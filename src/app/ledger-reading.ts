import { basename } from 'node:path';
import { listFolder } from '../host/files/files.ts';
import { readLog } from '../host/files/log-files.ts';
import { History } from '../policy/history.ts';
import { type Walked, walkLedger } from '../remediator/ledger-walk.ts';
import { type RepairEntry, repairEntry } from '../remediator/repair-entry.ts';
import { createEvidenceCheck, type EvidenceFound, evidenceFolder, evidencePath } from './ledger-evidence.ts';

/** A ledger that is whole, and the evidence that it tells of. */
export interface VerifiedLedger {
  readonly walked: Walked;
  readonly evidence: EvidenceFound;
}

/** What alerts have led to, by a ledger. */
export interface ReadRepairs {
  readonly walked: Walked;
  /** As many as are kept in memory, newest first. */
  readonly repairs: readonly ReadRepair[];
}

/** What one alert has led to, with the path of each step's evidence: null where there is none, or none any more. */
export type ReadRepair = Omit<RepairEntry, 'steps'> & {
  readonly steps: readonly (RepairEntry['steps'][number] & { readonly evidenceFile: string | null })[];
};

/**
 * Walks through a ledger and its older files, and compares the evidence that is there with what they tell of it.
 *
 * Changes nothing. Throws Failure `unreadable` if the ledger is not whole.
 */
export async function verifyLedger(path: string): Promise<VerifiedLedger> {
  const check = await createEvidenceCheck(path);
  const walked = await walkLedger(readLog(path), check.take);
  return { walked, evidence: await check.found() };
}

/** Reads what a ledger tells of repairs, without changing it. Throws Failure `unreadable`. */
export async function readRepairs(path: string): Promise<ReadRepairs> {
  const history = new History();
  const walked = await walkLedger(readLog(path), (line) => history.apply(line));
  const repairs = history.recent(Number.POSITIVE_INFINITY).map(repairEntry);
  // Who may not look into that folder can still ask root for what is in it.
  const there = await listFolder(evidenceFolder(path)).catch(() => undefined);
  const isGone = (file: string) => there !== undefined && !there.includes(basename(file));
  return { walked, repairs: repairs.map((repair) => withFiles(path, repair, isGone)) };
}

function withFiles(ledger: string, repair: RepairEntry, isGone: (file: string) => boolean): ReadRepair {
  const steps = repair.steps.map((step) => {
    const file = evidencePath(ledger, repair.id, step.step);
    return { ...step, evidenceFile: step.evidence === null || isGone(file) ? null : file };
  });
  return { ...repair, steps };
}
