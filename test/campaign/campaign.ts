import fc from 'fast-check';
import { type Story, toldStory } from './commands.ts';
import { type Played, play } from './play.ts';
import { story } from './stories.ts';

/** What came of many histories. */
export interface Tallied {
  histories: number;
  commands: number;
  intakes: number;
  asked: number;
  crashes: number;
  virtualSeconds: number;
  readonly refusals: Record<string, number>;
  /** Undefined: every history was as it should be; else the smallest one that was not, for people. */
  failure: string | undefined;
}

/** What came of none. */
export function nothingTallied(): Tallied {
  return {
    histories: 0,
    commands: 0,
    intakes: 0,
    asked: 0,
    crashes: 0,
    virtualSeconds: 0,
    refusals: {},
    failure: undefined,
  };
}

/** Adds one sum to another. */
export function addTally(sum: Tallied, more: Tallied): void {
  sum.histories += more.histories;
  sum.commands += more.commands;
  sum.intakes += more.intakes;
  sum.asked += more.asked;
  sum.crashes += more.crashes;
  sum.virtualSeconds += more.virtualSeconds;
  for (const [rail, count] of Object.entries(more.refusals))
    sum.refusals[rail] = (sum.refusals[rail] ?? 0) + count;
  sum.failure ??= more.failure;
}

/** Plays so many random histories, the same ones for the same seed. After a failure it looks for a smaller one. */
export async function playMany(histories: number, seed: number): Promise<Tallied> {
  const sum = nothingTallied();
  let isFailed = false;
  const property = fc.asyncProperty(story, async (one) => {
    const played = await play(one);
    // Those tried for the sake of a smaller failure are none of the campaign's.
    if (!isFailed) count(sum, played);
    isFailed ||= played.problem !== undefined;
    if (played.problem !== undefined) throw new Error(played.problem);
  });
  const { failed, counterexample } = await fc.check(property, { numRuns: histories, seed });
  const [smallest] = counterexample ?? [];
  if (failed)
    sum.failure = smallest === undefined ? 'nothing could be played' : await toldFailure(smallest, seed);
  return sum;
}

function count(sum: Tallied, { commands, intakes, asked, crashes, virtualSeconds, refusals }: Played): void {
  const counts = Object.fromEntries(refusals);
  const own = { histories: 1, commands, intakes, asked, crashes, virtualSeconds, refusals: counts };
  addTally(sum, { ...own, failure: undefined });
}

/** A history that failed: what happens in it, and what fettle did. */
async function toldFailure(smallest: Story, seed: number): Promise<string> {
  const { problem, trace } = await play(smallest, true);
  return [`seed ${seed}: ${problem}`, '', toldStory(smallest), '', ...trace].join('\n');
}
