import type { CrashRun } from './campaign.ts';
import { POINTS, titleOf } from './points.ts';

const HEADER = [
  '| fettle is killed | runs | restarts: 0 | 1 | 2 or more | unit up | failed | inactive | told as interrupted | faults |',
  '|---|---|---|---|---|---|---|---|---|---|',
];

/** What was seen, a row for each point, as Markdown. */
export function crashTable(done: readonly CrashRun[]): string {
  const rows = POINTS.map((row) => {
    const runs = done.filter(({ point }) => point === row);
    const count = (test: (run: CrashRun) => boolean) => runs.filter(test).length;
    const cells = [
      titleOf(row),
      runs.length,
      count(({ restarts }) => restarts === 0),
      count(({ restarts }) => restarts === 1),
      count(({ restarts }) => restarts > 1),
      count(({ state }) => state === 'active'),
      count(({ state }) => state === 'failed'),
      count(({ state }) => state === 'inactive'),
      count(({ isInterrupted }) => isInterrupted),
      count(({ faults }) => faults.length > 0),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [...HEADER, ...rows].join('\n');
}
