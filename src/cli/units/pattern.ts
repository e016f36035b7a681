import { isUnitName, unitType } from '../../domain/unit.ts';

/** Whether the name of a unit is meant. */
export type NameTest = (name: string) => boolean;

/** Whether a pattern is a glob, which fits many names, and not the name of one unit. */
export function isGlob(pattern: string): boolean {
  return /[*?[]/.test(pattern);
}

/** The name that is meant where it is given as systemctl takes it: without a suffix it is a service. */
export function unitNameOf(word: string): string {
  return isUnitName(`a.${unitType(word)}`) ? word : `${word}.service`;
}

/**
 * A test of unit names by a shell glob (`*`, `?`, `[a-c]`, `[!a-c]`).
 *
 * It must fit the name as a whole, suffix included: `nginx*` fits `nginx.service` and `nginx.socket`. A
 * backslash stands for itself, since names have it, as in `dev-disk\\x2d1.device`. Source: fnmatch(3).
 */
export function compileGlob(pattern: string): NameTest {
  const test = new RegExp(`^${pattern.replace(TOKEN, expressionOf)}$`, 's');
  return (name) => test.test(name);
}

/** A run of stars, a set in brackets, or any one character. A bracket right after the opening one is literal. */
const TOKEN = /\*+|\[[!^]?\]?[^\]]*\]|./gs;

function expressionOf(token: string): string {
  if (token.startsWith('*')) return '.*';
  if (token === '?') return '.';
  return token.length > 1 ? setOf(token) : literal(token);
}

/** A set in brackets: ranges as they are, everything else as itself. A range that runs backwards is empty. */
function setOf(token: string): string {
  const negation = /^\[[!^]/.test(token) ? '^' : '';
  const members = token.slice(1 + negation.length, -1).replace(/[\\\]^[]/g, '\\$&');
  return `[${negation}${isExpression(`[${members}]`) ? members : ''}]`;
}

function isExpression(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp;
  } catch {
    return false;
  }
}

function literal(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
}
