import type { Colour, Column } from './column.ts';
import { fitted, gapBefore, type Laid } from './fit.ts';

/** How a table is written. */
export interface TableStyle {
  /** Undefined is as wide as it gets. */
  readonly width: number | undefined;
  readonly colours: boolean;
}

/** The lines of a table, the headings first; none is wider than the style allows. */
export function tableLines<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  { width = Number.POSITIVE_INFINITY, colours }: TableStyle,
): readonly string[] {
  const laid = fitted(columns, rows, width);
  const headings = laid.map(({ column, width: wide }) => padded(column.heading, wide, column.align));
  const lines = rows.map((row, index) =>
    laid.map(({ column, cells, width: wide }) => {
      const colour = colours ? column.colour?.(row) : undefined;
      return padded(cells[index] ?? '', wide, column.align, colour);
    }),
  );
  return [headings, ...lines].map((cells) => joined(cells, laid));
}

const ESCAPES: Readonly<Record<Colour, string>> = { red: '\u001b[31m', yellow: '\u001b[33m' };

const RESET = '\u001b[0m';

function padded(text: string, width: number, align: 'right' | undefined, colour?: Colour): string {
  const shown = text.slice(0, width);
  const padding = ' '.repeat(width - shown.length);
  const painted = colour === undefined ? shown : `${ESCAPES[colour]}${shown}${RESET}`;
  return align === 'right' ? `${padding}${painted}` : `${painted}${padding}`;
}

function joined<Row>(cells: readonly string[], laid: readonly Laid<Row>[]): string {
  const spaced = cells.map((cell, index) => {
    const { column, width = 0 } = laid[index] ?? {};
    // A column that was cut away altogether has no gap either.
    return width === 0 || column === undefined ? '' : `${' '.repeat(gapBefore(column, index))}${cell}`;
  });
  return spaced.join('').trimEnd();
}
