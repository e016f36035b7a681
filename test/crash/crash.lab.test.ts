import { beforeAll, expect, it } from 'vitest';
import { builtFettle } from '../lab/built.ts';
import { describeLab } from '../lab/describe-lab.ts';
import type { Finished } from '../lab/inside.ts';
import { type CrashRun, crashCampaign } from './campaign.ts';
import { POINTS, titleOf } from './points.ts';
import { crashTable } from './table.ts';

const RUNS = 5;

const SOME_MINUTES_MS = 300_000;

describeLab('fettle is killed, and a unit is never restarted twice for one alert', () => {
  let done: readonly CrashRun[];
  const audits: Finished[] = [];

  beforeAll(async () => {
    const program = builtFettle();
    done = await crashCampaign(RUNS, async (lab, all) => {
      // One of each point: the others were walked through in the same way, without a program.
      for (const { ledger } of all.slice(0, POINTS.length)) {
        const argv = [process.execPath, program, 'audit', 'verify', ledger];
        audits.push(await lab.run(argv, { check: false }));
      }
    });
    process.stdout.write(`${crashTable(done)}\n`);
  }, SOME_MINUTES_MS);

  it.each(POINTS.map((point) => [titleOf(point), point] as const))('%s', (_title, one) => {
    const runs = done.filter(({ point }) => point === one);
    expect(runs.flatMap(({ faults }) => faults)).toEqual([]);
    expect(runs.length).toBe(RUNS);
    for (const { restarts } of runs) expect(restarts).toBeLessThanOrEqual(1);
  });

  it('leaves ledgers that fettle audit verify finds whole', () => {
    const refused = audits.filter(({ code, stdout }) => code !== 0 || !stdout.includes(' is whole: '));
    expect(refused).toEqual([]);
    expect(audits.length).toBe(POINTS.length);
  });
});
