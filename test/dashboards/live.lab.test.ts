import { afterAll, beforeAll, expect, it } from 'vitest';
import { dashboardFiles } from '../../dashboards/files.ts';
import { describeStack } from '../lab/describe-lab.ts';
import { ALLOWED_EMPTY, NONE_HERE } from './allowed-empty.ts';
import { checkDashboardLive, type Finding, questionsOf } from './live-query.ts';
import { type Scene, startScene } from './scene/scene.ts';
import { withoutAbsence } from './without-absence.ts';

describeStack('every dashboard on two live hosts', () => {
  let scene: Scene;
  let asked = 0;
  const used = new Set<string>();

  beforeAll(async () => {
    scene = await startScene();
  }, 600_000);
  afterAll(async () => {
    await scene?.stop();
    console.log(
      `dashboards: ${asked} queries run on a live Prometheus, ${used.size} kinds of them allowed to be empty`,
    );
  });

  it.each([...dashboardFiles()])('%s: every panel, variable and annotation has data', async (_name, text) => {
    const json: unknown = JSON.parse(text);
    const options = { rateInterval: '20s', rangeSeconds: 120, stepSeconds: 5 };
    const findings = await checkDashboardLive(json, scene.prometheus.url, options);
    asked += questionsOf(json);
    expect(findings.filter((one) => !allowed(one))).toEqual([]);
  });

  it('every expression has data, but for what does not happen to these two hosts', async () => {
    const options = { rateInterval: '20s', rangeSeconds: 120, stepSeconds: 5 };
    const mayBeEmpty = new Set(NONE_HERE.flatMap(({ queries }) => queries));
    const empty: string[] = [];
    for (const [name, text] of dashboardFiles()) {
      const json = withoutAbsence(JSON.parse(text));
      const findings = await checkDashboardLive(json, scene.prometheus.url, options);
      const others = findings.filter((one) => !allowed(one));
      empty.push(...others.map(({ where }) => `${name}: ${where.replace(/^panel \d+ /, '')}`));
    }
    expect(empty.filter((query) => !mayBeEmpty.has(query))).toEqual([]);
  });

  it('leaves nothing out that has data', () => {
    expect([...used].sort()).toEqual(ALLOWED_EMPTY.map(({ part }) => part).sort());
  });

  function allowed({ expr, problem }: Finding): boolean {
    const exception = ALLOWED_EMPTY.find(({ part }) => expr.includes(part));
    if (exception === undefined || problem !== 'no data') return false;
    used.add(exception.part);
    return true;
  }
});
