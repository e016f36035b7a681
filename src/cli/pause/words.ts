import type { Pause } from '../../domain/circumstances.ts';

/** A pause for people, as in `until 2026-11-21 20:00:00 UTC by alice: driver upgrade`. */
export function pauseWords({ until, by, reason }: Pause): string {
  const end = until === undefined ? 'until somebody resumes' : `until ${timeOf(until)}`;
  return `${end}${by === '' ? '' : ` by ${by}`}: ${reason}`;
}

function timeOf(date: Date): string {
  return `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
