import { matchesGlob } from '../../domain/glob.ts';
import { otherUnits } from '../../domain/step.ts';
import type { Unit } from '../../domain/unit.ts';
import type { Rail } from '../rail.ts';
import { type Objection, together } from './retry-at.ts';

/** Units that keep the machine reachable are never touched, under whichever of their names. */
export const protectedUnit: Rail = {
  name: 'protected-unit',
  check({ unit: { name }, step }, { unit, others, settings: { protectedUnits } }) {
    return together([
      protection(name, unit, protectedUnits),
      ...otherUnits(step).map((other) => protection(other, others.get(other), protectedUnits)),
    ]);
  },
};

function protection(
  name: string,
  unit: Unit | undefined,
  patterns: readonly string[],
): Objection | undefined {
  const names = new Set([name, ...(unit?.names ?? []), ...(unit === undefined ? [] : [unit.id])]);
  for (const pattern of patterns) {
    const hit = [...names].find((candidate) => matchesGlob(pattern, candidate));
    if (hit !== undefined) return { reason: told(hit, name, pattern) };
  }
  return undefined;
}

function told(hit: string, name: string, pattern: string): string {
  const alias = hit === name ? '' : `${name} is another name of ${hit}; `;
  const rule = pattern === hit ? '' : ` by the pattern ${pattern}`;
  return `${alias}${hit} is protected${rule}`;
}
