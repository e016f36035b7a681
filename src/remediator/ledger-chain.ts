import { hash } from 'node:crypto';

/** What the first line of a new ledger goes on from. */
export const GENESIS = '0'.repeat(64);

/** A line as it is written, and its hash. */
export interface Link {
  readonly text: string;
  readonly chain: string;
}

/** Keys at the end of a line, before a hash of 64 digits and `"}`. */
const CHAIN = ',"chain":"';
const AFTER = ',"after":"';

/**
 * A line from its JSON and the hash of the line before: SHA-256 of that hash, a newline and the JSON, in hexadecimal,
 * becomes its last key, `chain`. So a line that was changed, added or taken away breaks all that follow.
 */
export function linkOf(previous: string, json: string): Link {
  const chain = hashOf(previous, json);
  return { text: `${json.slice(0, -1)}${CHAIN}${chain}"}`, chain };
}

/**
 * The first line of a file. Unless it is a ledger's first, it tells the hash of the line before in a key `after`: so
 * the file can be checked where those before it were given up.
 */
export function firstLinkOf(previous: string, json: string): Link {
  return linkOf(previous, previous === GENESIS ? json : `${json.slice(0, -1)}${AFTER}${previous}"}`);
}

/** A line's JSON without its hashes, and its own. */
export interface Checked {
  readonly json: string;
  readonly chain: string;
  /** Of the oldest line that there is: whether it is a ledger's first. */
  readonly isFirst: boolean;
}

/** Takes a line apart, if it fits the hash of the line before (undefined: there is none); else says what is wrong. */
export function checkLink(previous: string | undefined, text: string): Checked | string {
  const { json, hash: chain } = takenApart(text, CHAIN);
  if (chain === undefined) return 'it does not end with its hash';
  const { json: bare, hash: after } = takenApart(json, AFTER);
  const checked = { json: bare, chain, isFirst: after === undefined };
  if (previous !== undefined && hashOf(previous, json) === chain) return checked;
  const isWhole = hashOf(after ?? GENESIS, json) === chain;
  if (isWhole && previous === undefined) return checked;
  if (isWhole) return 'the lines before it are missing, or are not those that it was written after';
  return 'its hash does not fit: it, or the line before, is not as it was written';
}

/** A JSON without the key at its end, and that key's hash, which has not been looked at. */
function takenApart(text: string, key: string): { readonly json: string; readonly hash: string | undefined } {
  const begin = text.length - key.length - 66;
  if (!text.startsWith(key, begin) || !text.endsWith('"}')) return { json: text, hash: undefined };
  return { json: `${text.slice(0, begin)}}`, hash: text.slice(begin + key.length, -2) };
}

function hashOf(previous: string, json: string): string {
  return hash('sha256', `${previous}\n${json}`);
}
