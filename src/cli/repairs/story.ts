import type { ReadRepairs } from '../../app/ledger-reading.ts';
import type { Colour, Column } from '../table/column.ts';
import { formatDuration } from '../table/human.ts';

/** What an alert led to. */
export type Repair = ReadRepairs['repairs'][number];

/** The columns of the table of repairs. */
export const REPAIR_COLUMNS: readonly Column<Repair>[] = [
  { heading: 'WHEN', cell: ({ receivedAt }) => localTime(receivedAt), leftOut: 3 },
  { heading: 'UNIT', cell: ({ unit }) => unit, shortened: true },
  { heading: 'OUTCOME', cell: ({ outcome }) => outcome, colour: outcomeColour },
  { heading: 'POLICY', cell: ({ policy }) => policy, shortened: true, leftOut: 2 },
  { heading: 'ALERT', cell: ({ alert }) => alertWords(alert), shortened: true, leftOut: 1 },
];

function outcomeColour({ outcome }: Repair): Colour | undefined {
  if (outcome === 'exhausted') return 'red';
  return outcome === 'interrupted' || outcome === 'working' || outcome === 'waiting' ? 'yellow' : undefined;
}

function alertWords({ alertname, resolved }: Repair['alert']): string {
  return `${alertname || '-'}${resolved ? ' (over)' : ''}`;
}

/** What was done, step by step, and why no more: a sentence each. */
export function storyOf(repair: Repair): readonly string[] {
  const { steps, outcome, denials, detail } = repair;
  const lastDetail = steps.at(-1)?.detail;
  return [
    ...steps.flatMap((step) => [
      stepWords(step),
      ...(step.evidenceFile === null ? [] : [`evidence: ${step.evidenceFile}`]),
    ]),
    ...(detail === null || detail === '' || detail === lastDetail ? [] : [`${outcome}: ${detail}`]),
    ...denials.map(denialWords),
  ];
}

function stepWords(step: Repair['steps'][number]): string {
  const { action, result, seconds, detail, undone } = step;
  const what = `step ${step.step + 1}: ${action}`;
  if (result === null) return `${what}, since ${localTime(step.startedAt)}`;
  const time = seconds === null ? '' : ` after ${formatDuration(seconds)}`;
  const why = detail === null || detail === '' ? '' : `: ${detail}`;
  return `${what} ${result}${time}${why}${undone === null ? '' : `; ${undoneWords(undone)}`}`;
}

function undoneWords(undone: NonNullable<Repair['steps'][number]['undone']>): string {
  switch (undone) {
    case 'restored':
      return 'what it changed was put back';
    case 'gone':
      return 'what it changed was gone by itself';
    case 'failed':
      return 'what it changed could not be put back yet';
    default:
      return undone satisfies never;
  }
}

function denialWords({ rail, reason, retryAt }: Repair['denials'][number]): string {
  const told = `refused by ${rail}: ${reason}`;
  // Some reasons tell the time themselves, in UTC: twice in two time zones it would look like two times.
  if (retryAt === undefined || reason.includes(retryAt)) return told;
  return `${told} (looked at again from ${localTime(retryAt)})`;
}

function localTime(text: string): string {
  const time = new Date(text);
  const two = (number: number) => String(number).padStart(2, '0');
  const date = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-');
  return `${date} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(':')}`;
}
