const MARK = '\nor on () (';

/**
 * A dashboard whose expressions are asked without what takes their place when they have no series (`orElse` of
 * dashboards/promql.ts): that would hide an expression that can never have any.
 */
export function withoutAbsence(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutAbsence);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, one]: [string, unknown]) => {
    const isExpression = key === 'expr' && typeof one === 'string';
    return [key, isExpression ? expressionAlone(one) : withoutAbsence(one)];
  });
  return Object.fromEntries(entries);
}

/** An expression without what stands in for it, wherever in it that is. */
export function expressionAlone(expr: string): string {
  const at = expr.indexOf(MARK);
  if (at < 0) return expr;
  return expressionAlone(expr.slice(0, at) + expr.slice(endOfGroup(expr, at + MARK.length)));
}

/** Where the group ends whose parenthesis was opened right before a place; what is in quotes does not count. */
function endOfGroup(expr: string, from: number): number {
  let depth = 1;
  let isQuoted = false;
  for (let at = from; at < expr.length; at++) {
    const character = expr[at];
    if (character === '"' && expr[at - 1] !== '\\') isQuoted = !isQuoted;
    if (isQuoted) continue;
    if (character === '(') depth++;
    if (character === ')' && --depth === 0) return at + 1;
  }
  throw new Error(`a parenthesis is never closed: ${expr}`);
}
