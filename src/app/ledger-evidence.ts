import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { messageOf } from '../domain/errors.ts';
import type { LedgerLine } from '../domain/ledger.ts';
import { listFolder } from '../host/files/files.ts';
import { lookAt } from '../host/files/look-at.ts';
import { readSmallFile } from '../host/files/small-file.ts';

/** What was found of the evidence that a ledger tells of. */
export interface EvidenceFound {
  readonly folder: string;
  /** Files that are as they were written. */
  readonly whole: number;
  /** Why others are not, or cannot be read: a sentence each, with the path. */
  readonly problems: readonly string[];
}

/** Looks for evidence of the steps that a ledger tells of. */
export interface EvidenceCheck {
  take(line: LedgerLine): void;
  /** Reads the files and compares them. Never throws. */
  found(): Promise<EvidenceFound>;
}

/** Where the evidence of a ledger is. */
export function evidenceFolder(ledger: string): string {
  return join(dirname(ledger), 'evidence');
}

/** Where the evidence of one step is kept, until it is one of the oldest. */
export function evidencePath(ledger: string, id: string, step: number): string {
  return join(evidenceFolder(ledger), nameOf(id, step));
}

function nameOf(id: string, step: number): string {
  return `${id}-${step}.json`;
}

/**
 * Gives a check of what is kept by now. Files that are gone are no problem, since the oldest are deleted, and neither are
 * those of which the ledger tells nothing, since evidence is on the disk before its line. Throws Failure `unreadable`.
 */
export async function createEvidenceCheck(ledger: string): Promise<EvidenceCheck> {
  const folder = evidenceFolder(ledger);
  const there = new Set(await listFolder(folder));
  const hashes = new Map<string, string>();
  return {
    take(line) {
      if (line.event !== 'started' || line.evidence === '') return;
      const name = nameOf(line.id, line.step);
      if (there.has(name)) hashes.set(name, line.evidence);
    },
    async found() {
      let whole = 0;
      const problems: string[] = [];
      for (const [name, hash] of hashes) {
        const path = join(folder, name);
        const answer = await compare(path, hash);
        if (answer === 'whole') whole++;
        else if (answer !== 'gone') problems.push(answer.problem);
      }
      return { folder, whole, problems };
    },
  };
}

async function compare(path: string, hash: string): Promise<'whole' | 'gone' | { readonly problem: string }> {
  try {
    const look = await lookAt(path);
    if (look.kind === 'missing') return 'gone';
    const file = await readSmallFile(path, look.kind === 'file' ? look.bytes : 0);
    if (file === undefined) return 'gone';
    const now = createHash('sha256').update(file.bytes).digest('hex');
    return now === hash
      ? 'whole'
      : { problem: `${path} has been changed: its SHA-256 is ${now}, and the ledger says ${hash}` };
  } catch (thrown) {
    return { problem: `${path} cannot be compared: ${messageOf(thrown)}` };
  }
}
