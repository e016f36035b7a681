import { Failure } from '../domain/errors.ts';
import type { LedgerLine } from '../domain/ledger.ts';
import { checkLink, GENESIS } from './ledger-chain.ts';
import { isOfOlderFettle, parseLedgerLine } from './ledger-line.ts';

/** Some lines of one of a ledger's files. */
export interface LedgerPiece {
  /** Its path. */
  readonly file: string;
  /** Of the first of them, from 1. */
  readonly number: number;
  readonly texts: readonly string[];
  /** The beginning of a line at the end of that file. */
  readonly torn?: { readonly text: string; readonly bytes: number };
}

/** What was seen on the way from a ledger's first line to its last. */
export interface Walked {
  /** The oldest first. */
  readonly files: readonly string[];
  readonly lines: number;
  /** When its first and last lines were written (RFC 3339); undefined without lines. */
  readonly first: string | undefined;
  readonly last: string | undefined;
  /** Older lines were given up, with their files. */
  readonly beginsInTheMiddle: boolean;
  /** The hash of the last line: what the next one goes on from. */
  readonly chain: string;
  /** A last line that is not whole: it is being written, or a crash cut it short. It was never acknowledged. */
  readonly torn: { readonly file: string; readonly bytes: number } | undefined;
}

/**
 * Walks through all lines of a ledger in their order, checks each and hands it on.
 *
 * Throws Failure `unreadable` at the first line that is not one of ours or does not fit the one before: the rails count
 * what the ledger tells, so one that cannot be believed must not be acted upon.
 */
export async function walkLedger(
  pieces: AsyncIterable<LedgerPiece> | Iterable<LedgerPiece>,
  take: (line: LedgerLine) => void,
): Promise<Walked> {
  const files: string[] = [];
  const walk = createWalk(take);
  let torn: Walked['torn'];
  for await (const { file, number, texts, torn: end } of pieces) {
    if (files.at(-1) !== file) {
      // Only the very end may be missing.
      if (torn !== undefined) throw unbelievable(`${torn.file} ${HALF_LINE}`);
      files.push(file);
    }
    for (const [offset, text] of texts.entries()) {
      const problem = walk.take(text);
      if (problem !== undefined) throw unbelievable(`${file}:${number + offset} ${problem}`);
    }
    if (end !== undefined) torn = { file, bytes: end.bytes };
  }
  return { files, ...walk.seen(), torn };
}

interface Walk {
  /** What is wrong with the next line, to go on from its place; undefined if nothing is. */
  take(text: string): string | undefined;
  seen(): Omit<Walked, 'files' | 'torn'>;
}

function createWalk(take: (line: LedgerLine) => void): Walk {
  let lines = 0;
  let first: string | undefined;
  let last: string | undefined;
  let beginsInTheMiddle = false;
  let chain: string | undefined;
  return {
    take(text) {
      const found = believed(chain, text);
      if (typeof found === 'string') return found;
      if (lines === 0) beginsInTheMiddle = !found.isFirst;
      lines++;
      chain = found.chain;
      last = found.line.at;
      first ??= last;
      take(found.line);
      return undefined;
    },
    seen: () => ({ lines, first, last, beginsInTheMiddle, chain: chain ?? GENESIS }),
  };
}

const HALF_LINE = 'has a last line that is not whole, though a later file goes on after it';

interface Believed {
  readonly line: LedgerLine;
  readonly chain: string;
  readonly isFirst: boolean;
}

function believed(previous: string | undefined, text: string): Believed | string {
  if (isOfOlderFettle(text)) return 'was written by an older fettle, in format version 1';
  const checked = checkLink(previous, text);
  if (typeof checked === 'string') return `has been changed, or a line before it is missing: ${checked}`;
  const line = parseLedgerLine(checked.json);
  if (typeof line === 'string') return `is no line that this fettle knows: ${line}`;
  return { line, chain: checked.chain, isFirst: checked.isFirst };
}

/** What it costs to begin a new ledger. */
const NEW_LEDGER =
  'It forgets cooldowns, limits and open circuits, which alerts are done with (what still fires is decided about anew), ' +
  'and what is to be put back: throttles then stay until the machine restarts, power modes for good';

const MEND =
  'Nothing is repaired until that is cleared up: keep the file, look at that line, and move it and its older files (.1 ' +
  `and so on) away to begin a new ledger. ${NEW_LEDGER}`;

function unbelievable(what: string): Failure {
  return new Failure('unreadable', `${what}. ${MEND}`);
}
