import type { PanelJson } from './job.ts';

/** Pixels across a page. */
export const WIDTH = 1600;
/** One of the 24 columns of Grafana's grid. */
export const COLUMN = (WIDTH - 16) / 24;
/** A row of Grafana's grid: 30 pixels, and 8 between. */
export const ROW = 38;
/** What is above the first row. */
export const HEADER = 56;

/** The height of a page of at most so many pixels that ends between panels, and not behind a heading. */
export function wholePanels(panels: readonly PanelJson[], most: number): number {
  const places = panels.map(({ type, gridPos: { y, h } }) => ({ type, from: y, to: y + h }));
  const ends = places
    .filter(({ type, to }) => type !== 'row' && HEADER + to * ROW <= most)
    .map(({ to }) => to)
    .filter((end) => places.every(({ from, to }) => to <= end || from >= end));
  return HEADER + Math.max(...ends) * ROW + 4;
}
