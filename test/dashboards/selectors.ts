/** One matcher of a selector, as in `job=~"$job"`; `value` is without its quotes. */
export interface Matcher {
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

/** A place in a PromQL expression where series are chosen. */
export interface PromqlSelector {
  /** Empty for one that names no metric outside its braces. */
  readonly metric: string;
  readonly matchers: readonly Matcher[];
  /** What stands in the brackets behind it, as in `5m` or `$__rate_interval`. */
  readonly range: string | undefined;
  /** The functions and aggregations around it, the innermost first. */
  readonly within: readonly string[];
}

/** Words that look like a metric and are none. */
const KEYWORDS = new Set(['and', 'or', 'unless', 'bool', 'offset', 'inf', 'nan', 'atan2', 'start', 'end']);

/** Words behind which labels stand in parentheses. */
const GROUPINGS = new Set(['by', 'without', 'on', 'ignoring', 'group_left', 'group_right']);

const AGGREGATIONS = new Set(
  'sum min max avg group stddev stdvar count count_values bottomk topk quantile'.split(' '),
);

const TOKEN =
  /\s+|#[^\n]*|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|\[[^\]]*\]|\$\{[^}]*\}|\$\w+|[A-Za-z_:][\w:]*|\d[\w.]*|\.\d+|=~|!~|!=|==|>=|<=|[-+*/%^<>=@,(){}]/y;

interface Reading {
  readonly tokens: readonly string[];
  position: number;
  /** For each open parenthesis the function before it, or an empty text. */
  readonly open: string[];
  readonly found: PromqlSelector[];
}

/**
 * All selectors of an expression, in order. Throws an Error that says what is wrong where it is no PromQL at all.
 *
 * It knows words and brackets, not the grammar: whether Prometheus takes an expression is asked of Prometheus.
 */
export function selectorsOf(expr: string): readonly PromqlSelector[] {
  const reading: Reading = { tokens: tokensOf(expr), position: 0, open: [], found: [] };
  while (reading.position < reading.tokens.length) step(reading);
  if (reading.open.length > 0) throw new Error(`a parenthesis is not closed in: ${expr}`);
  if (reading.tokens.length === 0) throw new Error('the expression is empty');
  return reading.found;
}

function tokensOf(expr: string): readonly string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < expr.length) {
    const start = TOKEN.lastIndex;
    const token = TOKEN.exec(expr)?.[0];
    if (token === undefined) throw new Error(`no PromQL from here on: ${expr.slice(start, start + 30)}`);
    if (!/^[\s#]/.test(token)) tokens.push(token);
  }
  return tokens;
}

function step(reading: Reading): void {
  const token = reading.tokens[reading.position] ?? '';
  const next = reading.tokens[reading.position + 1];
  if (token === '(' || token === ')') parenthesis(reading, token);
  else if (token === '{') selector(reading, '');
  else if (GROUPINGS.has(token)) skipLabels(reading);
  else if (/^[A-Za-z_:]/.test(token) && !KEYWORDS.has(token.toLowerCase()) && next !== '(')
    word(reading, token);
  else reading.position += 1;
}

function parenthesis(reading: Reading, token: string): void {
  const before = reading.tokens[reading.position - 1] ?? '';
  if (token === '(') reading.open.push(/^[A-Za-z_]\w*$/.test(before) ? before : aggregationBefore(reading));
  else if (reading.open.pop() === undefined) throw new Error('a parenthesis is closed that was not opened');
  reading.position += 1;
}

/** The aggregation of `sum by (a, b) (`, seen from its last parenthesis. */
function aggregationBefore({ tokens, position }: Reading): string {
  if (tokens[position - 1] !== ')') return '';
  const opening = tokens.lastIndexOf('(', position - 1);
  const [name = '', grouping = ''] = tokens.slice(Math.max(opening - 2, 0), opening);
  return GROUPINGS.has(grouping) && AGGREGATIONS.has(name) ? name : '';
}

function skipLabels(reading: Reading): void {
  reading.position += 1;
  if (reading.tokens[reading.position] !== '(') return;
  const end = reading.tokens.indexOf(')', reading.position);
  if (end < 0) throw new Error('a list of labels is not closed');
  reading.position = end + 1;
}

function word(reading: Reading, token: string): void {
  const isAggregation = AGGREGATIONS.has(token) && GROUPINGS.has(reading.tokens[reading.position + 1] ?? '');
  reading.position += 1;
  if (!isAggregation) selector(reading, token);
}

function selector(reading: Reading, metric: string): void {
  const matchers: Matcher[] = [];
  if (reading.tokens[reading.position] === '{') {
    const end = reading.tokens.indexOf('}', reading.position);
    if (end < 0) throw new Error(`the braces of ${metric} are not closed`);
    matchers.push(...matchersOf(reading.tokens.slice(reading.position + 1, end)));
    reading.position = end + 1;
  }
  const bracket = reading.tokens[reading.position];
  const range = bracket?.startsWith('[') === true ? bracket.slice(1, -1) : undefined;
  if (range !== undefined) reading.position += 1;
  const within = reading.open.toReversed().filter((name) => name !== '');
  reading.found.push({ metric, matchers, range, within });
}

function matchersOf(tokens: readonly string[]): readonly Matcher[] {
  const matchers: Matcher[] = [];
  for (let index = 0; index < tokens.length; index += 4) {
    const [label = '', operator, value = '', comma] = tokens.slice(index, index + 4);
    const known = operator === '=' || operator === '!=' || operator === '=~' || operator === '!~';
    if (!known || !/^["'`]/.test(value) || (comma !== undefined && comma !== ','))
      throw new Error(`not a matcher: ${tokens.slice(index, index + 4).join(' ')}`);
    matchers.push({ label, operator, value: value.slice(1, -1) });
  }
  return matchers;
}
