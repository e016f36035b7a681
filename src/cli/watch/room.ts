import type { Room } from './screen.ts';

/** A line, no longer than there is room for. */
export function cutLine(line: string, { columns }: Room): string {
  return line.slice(0, columns);
}

/** As many lines as there is room for, the last one telling how many are not shown. */
export function fittingLines(lines: readonly string[], rows: number): readonly string[] {
  if (lines.length <= rows) return lines;
  const kept = Math.max(0, rows - 1);
  return [...lines.slice(0, kept), `… ${lines.length - kept} more`];
}
