import { readRepairs } from '../app/ledger-reading.ts';
import type { Command } from './arguments.ts';
import { EXIT } from './exit.ts';
import { ledgerPlace, tellNoLedger, tellUnreadable } from './ledger-place.ts';
import { plainText } from './plain-text.ts';
import { repairLines } from './repairs/lines.ts';
import type { Repair } from './repairs/story.ts';
import { hasColours, outputWidth, tell } from './terminal.ts';
import { unitNameOf } from './units/pattern.ts';

type RepairsCommand = Extract<Command, { kind: 'repairs' }>;

const USUAL_LIMIT = 20;
const MOST = 10_000;

/** Shows what alerts have led to, and gives the exit code. */
export async function repairs(command: RepairsCommand): Promise<number> {
  const limit = command.limit === undefined ? USUAL_LIMIT : Number(command.limit);
  if (!Number.isInteger(limit) || limit < 1 || limit > MOST) {
    tell(`--limit: expected a number from 1 to ${MOST}; got ${command.limit}`);
    return EXIT.usage;
  }
  const path = await ledgerPlace(command);
  if (path === undefined) return EXIT.usage;
  try {
    const { walked, repairs: all } = await readRepairs(path);
    if (walked.files.length === 0) {
      tellNoLedger(path);
      return EXIT.failure;
    }
    const fitting = all.filter(wantedBy(command)).slice(0, limit);
    if (command.json) process.stdout.write(`${plainText(JSON.stringify(fitting))}\n`);
    else if (fitting.length > 0) write(fitting);
    else tell(all.length === 0 ? `no alert has led to anything yet, by ${path}` : NONE);
    return EXIT.ok;
  } catch (thrown) {
    await tellUnreadable('repairs', path, thrown);
    return EXIT.failure;
  }
}

const NONE = 'no repair of that unit and policy is known; without --unit and --policy all are shown';

function wantedBy({ unit, policy }: RepairsCommand): (repair: Repair) => boolean {
  const name = unit === undefined ? undefined : unitNameOf(unit);
  return (repair) =>
    (name === undefined || repair.unit === name) && (policy === undefined || repair.policy === policy);
}

function write(shown: readonly Repair[]): void {
  const lines = repairLines(shown, { width: outputWidth(), colours: hasColours() });
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}
