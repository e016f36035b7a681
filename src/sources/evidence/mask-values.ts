import { MASK } from './masked-word.ts';

/** What stands before a secret; `pass` alone only where it cannot be another word. */
const WORDS =
  'passw(?:or)?d|passphrase|passwd|pwd|secret|token(?!i[sz])|api[_-]?key|apikey|access[_-]?key|private[_-]?key|' +
  'account[_-]?key|encryption[_-]?key|signing[_-]?key|auth[_-]?key|license[_-]?key|ssh[_-]?key|credential|' +
  'session[_-]?id|signature|authorization|cookie|(?<![A-Za-z])(?:pass|auth|jwt|pin)(?![A-Za-z])';

/** A name goes on behind the word, as in `token_file`; then a quote, and `=`, `:` or `=>`. */
const NAMED = new RegExp(
  `(?:${WORDS})[A-Za-z0-9_.-]{0,40}\\\\{0,4}["'\`\\]]{0,2}[ \\t]{0,4}(?:=>|:=|=|:)[ \\t]{0,4}`,
  'gi',
);

/** As an argument of a program, with a space: `--password hunter2`. */
const FLAG = new RegExp(`--[a-z0-9-]{0,32}?(?:${WORDS})[a-z0-9-]{0,32}[ \\t]{1,4}(?!-)`, 'gi');

/** User and password of a program that fetches: `curl -u user:password`. */
const FLAG_USER = /(?<![^\s"'])(?:-u|-U|--user|--proxy-user)[ =]{1,2}(?=[^\s:]{0,64}:[^\s])/g;

/** Keys in the query of a URL. */
const QUERY = /[?&](?:key|sig|sas|code|auth)=/gi;

/** Schemes of HTTP that stand before a secret, wherever. */
const SCHEME = /(?:\b|_)(?:bearer|basic|negotiate|digest)[ \t]{1,4}(?=[A-Za-z0-9._~+/=-]{6})/gi;

/** The rest of the line is theirs. */
const TO_END = /^(?:[a-z_.-]{0,40})(?:authorization|cookie|passphrase)/i;

/** User and password of a URL: all up to its last `@`, since a password may have other characters too. */
const URL_USER = /(:\/\/)[^\s"'<>@/:]{0,128}(?::[^\s"'<>]{0,256})?@/g;

/** Counts are no secrets: `tokens: 512`, `max_tokens=4096`. */
const COUNT = /^-?\d{1,12}(?:\.\d{1,6})?%?[,;)\]}]?$/;
const COUNTED = /tokens/i;

/** Masks what stands behind names that secrets have. */
export function maskValues(text: string): string {
  const plainUrls = text.replace(URL_USER, `$1${MASK}@`);
  return [NAMED, FLAG, FLAG_USER, QUERY, SCHEME].reduce(
    (masked, pattern) => maskBehind(masked, pattern),
    plainUrls,
  );
}

/** Goes through the text once: what has been masked is not looked at again. */
function maskBehind(text: string, pattern: RegExp): string {
  const parts: string[] = [];
  let done = 0;
  for (const match of text.matchAll(pattern)) {
    const begins = match.index + match[0].length;
    if (match.index < done) continue;
    const value = valueAt(text, begins, TO_END.test(match[0]));
    const shown = text.slice(value.begins, value.ends);
    if (shown === '' || (COUNTED.test(match[0]) && COUNT.test(shown))) continue;
    parts.push(text.slice(done, value.begins), MASK);
    done = value.ends;
  }
  return done === 0 ? text : `${parts.join('')}${text.slice(done)}`;
}

interface Span {
  readonly begins: number;
  readonly ends: number;
}

const SPACE = /\s/;

/** A value in quotes, which may be escaped themselves, goes to the same quote; another to the next space, or the line's end. */
function valueAt(text: string, from: number, toEndOfLine: boolean): Span {
  let begins = from;
  while (text[begins] === '\\') begins += 1;
  const escapes = begins - from;
  const quote = text[begins];
  if (quote === '"' || quote === "'" || quote === '`') {
    return { begins: begins + 1, ends: closingAt(text, begins + 1, quote, escapes) };
  }
  let ends = from;
  const isEnd = toEndOfLine ? (at: string) => at === '\n' : (at: string) => SPACE.test(at);
  while (ends < text.length && !isEnd(text[ends] ?? '')) ends += 1;
  return { begins: from, ends };
}

function closingAt(text: string, from: number, quote: string, escapes: number): number {
  let backslashes = 0;
  for (let at = from; at < text.length; at += 1) {
    const character = text[at];
    if (character === '\n') return at;
    if (character === quote && backslashes <= escapes) return at - backslashes;
    backslashes = character === '\\' ? backslashes + 1 : 0;
  }
  return text.length;
}
