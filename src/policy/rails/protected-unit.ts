import { matchesGlob } from '../../domain/glob.ts';
import type { Rail } from '../rail.ts';

/** Units that keep the machine reachable are never touched, under whichever of their names. */
export const protectedUnit: Rail = {
  name: 'protected-unit',
  check({ unit: { name } }, { unit, protectedUnits }) {
    const names = new Set([name, ...(unit?.names ?? []), ...(unit === undefined ? [] : [unit.id])]);
    for (const pattern of protectedUnits) {
      const hit = [...names].find((candidate) => matchesGlob(pattern, candidate));
      if (hit !== undefined) return { reason: told(hit, name, pattern) };
    }
    return undefined;
  },
};

function told(hit: string, name: string, pattern: string): string {
  const alias = hit === name ? '' : `${name} is another name of ${hit}; `;
  const rule = pattern === hit ? '' : ` by the pattern ${pattern}`;
  return `${alias}${hit} is protected${rule}`;
}
