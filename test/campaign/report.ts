import type { Tallied } from './campaign.ts';

/** How a campaign was run. */
export interface Campaign {
  readonly seed: number;
  readonly processes: number;
  readonly seconds: number;
  /** As in `2026-11-21`. */
  readonly day: string;
}

/** The result of a campaign, in Markdown. */
export function campaignReport(sum: Tallied, { seed, processes, seconds, day }: Campaign): string {
  const count = (value: number) => Math.round(value).toLocaleString('en-US').replaceAll(',', ' ');
  const rows = [
    ['random histories', count(sum.histories)],
    ['of these with a broken promise', sum.failure === undefined ? '0' : '1, and then stopped'],
    ['events from outside', count(sum.commands)],
    ['alerts taken in under a policy', count(sum.intakes)],
    ['questions to the service manager', count(sum.asked)],
    ['ends of fettle in the middle', count(sum.crashes)],
    ['simulated time', `${count(sum.virtualSeconds / 86_400)} days`],
    ['time taken', `${count(seconds)} s, ${processes} at once`],
    ['seed', String(seed)],
  ];
  const refusals = Object.entries(sum.refusals)
    .sort(([, a], [, b]) => b - a)
    .map(([rail, times]) => `${rail} ${count(times)}`);
  return [
    `### Random histories of the remediator (${day})`,
    '',
    '| | |',
    '|---|---|',
    ...rows.map(([what, value]) => `| ${what} | ${value} |`),
    '',
    `Refusals by rail: ${refusals.join(', ') || 'none'}.`,
  ].join('\n');
}
