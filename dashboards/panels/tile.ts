import type { Expression } from '../promql.ts';
import { statPanel } from './stat.ts';

const size = { width: 3, height: 4 } as const;

/** What a tile says. */
export interface Tile {
  readonly title: string;
  readonly description: string;
  readonly expr: Expression;
  readonly look: Parameters<typeof statPanel>[2];
  readonly unit?: 'short' | 's';
}

/** A small figure of the present, one of eight in a row. */
export const tile = ({ title, description, expr, look, unit = 'short' }: Tile) =>
  statPanel({ title, description, unit, size }, [{ expr, legend: '' }], { text: 'value', ...look });
