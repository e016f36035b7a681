import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { crashCampaign } from './campaign.ts';
import { titleOf } from './points.ts';
import { crashTable } from './table.ts';

const BEGIN = '<!-- crash:begin -->';
const END = '<!-- crash:end -->';

/**
 * `tsx test/crash/run.ts --runs 100`: kills fettle so often at each point, prints what was seen, and fails on a fault.
 *
 * `--write FILE` puts the table between two marks of that file, or at its end.
 */
async function run(): Promise<number> {
  const options = { runs: { type: 'string', default: '5' }, write: { type: 'string' } } as const;
  const { values } = parseArgs({ options });
  const runs = Number(values.runs);
  if (!Number.isInteger(runs) || runs < 1) throw new Error(`--runs: expected a number; got ${values.runs}`);
  const done = await crashCampaign(runs);
  const table = crashTable(done);
  process.stdout.write(`${table}\n`);
  if (values.write !== undefined) writeTable(values.write, table);
  const faulty = done.filter(({ faults }) => faults.length > 0);
  for (const { point, faults } of faulty) process.stderr.write(`${titleOf(point)}: ${faults.join('; ')}\n`);
  return faulty.length > 0 ? 1 : 0;
}

function writeTable(file: string, table: string): void {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  const [before, after] =
    begin < 0 || end < begin ? [`${text}\n`, '\n'] : [text.slice(0, begin), text.slice(end + END.length)];
  writeFileSync(file, `${before}${BEGIN}\n\n${table}\n\n${END}${after}`);
}

process.exitCode = await run();
