/** A pattern for paths below a folder, a segment a step. */
export type PathGlob = readonly GlobSegment[];

/** `any` stands for any number of folders; a literal is a name; the rest are tests of one name. */
export type GlobSegment =
  | { readonly kind: 'any' }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'test'; readonly fits: (name: string) => boolean };

/** More segments than that nobody means. */
const MOST_SEGMENTS = 16;

/** Endings of files that are still being written. */
const UNFINISHED = ['.tmp', '.part', '.partial', '.incomplete'] as const;

/**
 * A pattern such as `checkpoints/*.safetensors`: `*` is any text of a name, `?` one character, `[a-c]` and `[!a-c]`
 * one of a set, and `**` any number of folders, none too.
 *
 * Names that begin with a dot fit only where the pattern says the dot. Those that end with `.tmp`, `.part`,
 * `.partial` or `.incomplete` are still being written, and fit only where it ends so too. Gives a text that says what
 * is wrong for what is no such pattern. Time to match goes with the length of pattern times name.
 */
export function parsePathGlob(text: string): PathGlob | string {
  const segments = text.split('/');
  if (text === '') return 'expected a pattern such as *.safetensors';
  if (text.startsWith('/')) return 'expected a pattern below the path, so without / at its beginning';
  if (segments.length > MOST_SEGMENTS) return `expected at most ${MOST_SEGMENTS} names between slashes`;
  if (segments.some((name) => name === '' || name === '.' || name === '..'))
    return 'expected names or patterns between slashes, none of them empty, . or ..';
  if (segments.at(-1) === '**') return 'expected a pattern for files after **, such as **/*.safetensors';
  if (segments.filter((name) => name === '**').length > 1) return 'expected ** at most once';
  const parsed = segments.map(parseSegment);
  return parsed.includes(undefined)
    ? 'expected a ] for each [, and something in between'
    : parsed.filter((segment) => segment !== undefined);
}

function parseSegment(text: string): GlobSegment | undefined {
  if (text === '**') return { kind: 'any' };
  if (!/[*?[]/.test(text)) return { kind: 'name', name: text };
  const tokens = parseTokens(text);
  if (tokens === undefined) return undefined;
  const saysDot = text.startsWith('.');
  return {
    kind: 'test',
    fits: (name) =>
      (saysDot || !name.startsWith('.')) &&
      !UNFINISHED.some((end) => name.endsWith(end) && !text.endsWith(end)) &&
      tokensFit(tokens, [...name]),
  };
}

/** `*`, or a test of one character. */
type Token = '*' | ((character: string) => boolean);

function parseTokens(text: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  // A ] right after the [ or the ! belongs to the set, as in every shell.
  for (const [whole, set] of text.matchAll(/\[(!?\]?[^\]]*)\]|\*+|./gsu)) {
    if (whole === '[' || set === '' || set === '!') return undefined;
    if (set !== undefined) tokens.push(setTest(set));
    else if (whole.startsWith('*')) tokens.push('*');
    else if (whole === '?') tokens.push(() => true);
    else tokens.push((character) => character === whole);
  }
  return tokens;
}

function setTest(set: string): (character: string) => boolean {
  const negated = set.startsWith('!');
  const ranges = [...(negated ? set.slice(1) : set).matchAll(/(.)-(.)|(.)/gsu)].map(
    ([, from, to, one]) => [from ?? one ?? '', to ?? one ?? ''] as const,
  );
  return (character) => ranges.some(([from, to]) => from <= character && character <= to) !== negated;
}

/** Goes back to the last `*` only: never more steps than characters times tokens. */
function tokensFit(tokens: readonly Token[], name: readonly string[]): boolean {
  let at = 0;
  let star: { readonly token: number; at: number } | undefined;
  let token = 0;
  while (at < name.length) {
    const next = tokens[token];
    if (next === '*') {
      star = { token, at };
      token += 1;
    } else if (next?.(name[at] ?? '')) {
      token += 1;
      at += 1;
    } else if (star !== undefined) {
      star.at += 1;
      at = star.at;
      token = star.token + 1;
    } else return false;
  }
  return tokens.slice(token).every((left) => left === '*');
}
