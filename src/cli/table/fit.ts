import { plainText } from '../plain-text.ts';
import type { Column } from './column.ts';

/** A column with its texts and its width. */
export interface Laid<Row> {
  readonly column: Column<Row>;
  readonly cells: readonly string[];
  readonly width: number;
}

const GAP = 2;

/** As far as names are shortened before columns are left out. */
const SHORTEST = 20;

/** Columns that fit a width: in brief if need be, then some left out, and what is still too wide cut off. */
export function fitted<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number,
): readonly Laid<Row>[] {
  const whole = columns.map((column) => lay(column, rows, column.cell));
  if (leastWidth(whole) <= width) return shortened(whole, width);
  let kept = columns.map((column) => lay(column, rows, column.brief ?? column.cell));
  for (const next of ranks(columns)) {
    if (leastWidth(kept) <= width) break;
    kept = kept.filter(({ column }) => column.leftOut !== next);
  }
  return cut(shortened(kept, width), width);
}

function lay<Row>(column: Column<Row>, rows: readonly Row[], cell: (row: Row) => string): Laid<Row> {
  const cells = rows.map((row) => plainText(cell(row)));
  const width = cells.reduce((most, { length }) => Math.max(most, length), column.heading.length);
  return { column, cells, width };
}

function ranks<Row>(columns: readonly Column<Row>[]): readonly number[] {
  return columns.flatMap(({ leftOut }) => leftOut ?? []).toSorted((one, other) => one - other);
}

function leastWidth<Row>(laid: readonly Laid<Row>[]): number {
  return laid.reduce(
    (sum, { column, width }, index) =>
      sum + gapBefore(column, index) + (column.shortened ? Math.min(width, SHORTEST) : width),
    0,
  );
}

function shortened<Row>(laid: readonly Laid<Row>[], width: number): readonly Laid<Row>[] {
  let excess = laid.reduce((sum, one, index) => sum + gapBefore(one.column, index) + one.width, 0) - width;
  return laid.map((one) => {
    if (excess <= 0 || !one.column.shortened) return one;
    const shorter = Math.max(Math.min(one.width, SHORTEST), one.width - excess);
    excess -= one.width - shorter;
    return { ...one, width: shorter, cells: one.cells.map((text) => shortenMiddle(text, shorter)) };
  });
}

function cut<Row>(laid: readonly Laid<Row>[], width: number): readonly Laid<Row>[] {
  let room = width;
  return laid.map((one, index) => {
    const wide = Math.max(0, Math.min(one.width, room - gapBefore(one.column, index)));
    room -= gapBefore(one.column, index) + wide;
    return { ...one, width: wide };
  });
}

/** How far a column is from the one before it. */
export function gapBefore<Row>({ joined: isJoined }: Column<Row>, index: number): number {
  return isJoined || index === 0 ? 0 : GAP;
}

/** A text of at most so many characters, with `…` for what is taken from its middle. */
export function shortenMiddle(text: string, length: number): string {
  if (text.length <= length) return text;
  if (length <= 1) return '…'.slice(0, length);
  const tail = Math.floor((length - 1) / 2);
  return `${text.slice(0, length - 1 - tail)}…${text.slice(text.length - tail)}`;
}
