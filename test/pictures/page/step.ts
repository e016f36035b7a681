import type { PanelJson } from './job.ts';

/** Seconds between the points of a panel: those of the page, or more if the panel asks for it (`1m`). */
export function stepOf({ interval = '0s' }: PanelJson, seconds: number): number {
  const [, count = '0', unit = 's'] = /^(\d+)([sm])$/.exec(interval) ?? [];
  return Math.max(seconds, Number(count) * (unit === 'm' ? 60 : 1));
}
