import { afterEach, describe, expect, it } from 'vitest';
import { dashboardFiles } from '../../dashboards/files.ts';
import {
  type Answer,
  type FakePrometheus,
  matrix,
  startFakePrometheus,
  success,
  vector,
} from './fake-prometheus.ts';
import { checkDashboardLive, questionsOf } from './live-query.ts';

const running: FakePrometheus[] = [];

afterEach(async () => {
  for (const fake of running.splice(0)) await fake.close();
});

async function fakePrometheus(answer: Parameters<typeof startFakePrometheus>[0]): Promise<FakePrometheus> {
  const fake = await startFakePrometheus(answer);
  running.push(fake);
  return fake;
}

function dashboard(
  expr: string,
  more: { readonly instant?: boolean; readonly variables?: readonly unknown[] } = {},
) {
  const { instant = false, variables = [] } = more;
  return {
    uid: 'u',
    title: 't',
    editable: false,
    schemaVersion: 39,
    templating: { list: variables },
    panels: [{ id: 7, type: 'stat', title: 'Memory', targets: [{ refId: 'A', expr, instant }] }],
  };
}

const where = 'panel 7 "Memory", query A';
const all = { type: 'query', includeAll: true, multi: true };

describe('checkDashboardLive', () => {
  it('finds nothing when every question has an answer', async () => {
    const { url, asked } = await fakePrometheus((path) =>
      path.endsWith('_range') ? matrix('1') : vector('1'),
    );
    expect(await checkDashboardLive(dashboard('m'), url)).toEqual([]);
    expect(await checkDashboardLive(dashboard('m', { instant: true }), url)).toEqual([]);
    expect(asked.map(({ path }) => path)).toEqual(['/api/v1/query_range', '/api/v1/query']);
  });

  it('reports a query without data, one of nothing but NaN, and one that Prometheus refuses', async () => {
    const refusal: Answer = { status: 'error', error: 'parse error: unexpected end of input' };
    for (const [answer, problem] of [
      [matrix(), 'no data'],
      [matrix('NaN', 'NaN'), 'nothing but NaN'],
      [refusal, 'parse error: unexpected end of input'],
    ] as const) {
      const { url } = await fakePrometheus(() => answer);
      expect(await checkDashboardLive(dashboard('m'), url)).toEqual([{ where, expr: 'm', problem }]);
    }
  });

  it('takes a number among NaN, and a scalar, for data', async () => {
    const { url } = await fakePrometheus((path) =>
      path.endsWith('_range') ? matrix('NaN', '0') : success({ resultType: 'scalar', result: [1, '2'] }),
    );
    expect(await checkDashboardLive(dashboard('m'), url)).toEqual([]);
    expect(await checkDashboardLive(dashboard('scalar(m)', { instant: true }), url)).toEqual([]);
  });

  it('fills in what Grafana knows by itself, in all its ways of writing', async () => {
    const { url, asked } = await fakePrometheus(() => matrix('1'));
    const expr =
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Grafana, not of JavaScript.
      'rate(m[$__rate_interval]) + m[${__range}] + [[__interval_ms]] + label_replace(m, "a", "$1", "b", "c$")';
    const options = { rateInterval: '4s', rangeSeconds: 60, stepSeconds: 1, now: new Date(1_000_000) };
    expect(await checkDashboardLive(dashboard(expr), url, options)).toEqual([]);
    expect(Object.fromEntries(asked[0]?.parameters ?? [])).toEqual({
      query: 'rate(m[4s]) + m[60s] + 1000 + label_replace(m, "a", "$1", "b", "c$")',
      start: '940',
      end: '1000',
      step: '1',
    });
  });

  it('reports a variable that nobody defines, without asking', async () => {
    const { url, asked } = await fakePrometheus(() => matrix('1'));
    const problem = 'nothing fills in $hots';
    expect(await checkDashboardLive(dashboard('m{h="$hots"}'), url)).toEqual([
      { where, expr: 'm{h="$hots"}', problem },
    ]);
    expect(asked).toEqual([]);
  });

  it('asks for the values of variables in order, each with those before it', async () => {
    const { url, asked } = await fakePrometheus((path) =>
      path.includes('/label/') ? success(['a.b', 'c']) : matrix('1'),
    );
    const variables = [
      { type: 'datasource', name: 'datasource', query: 'prometheus' },
      { type: 'custom', name: 'limit', query: '3, 5' },
      { ...all, name: 'job', query: 'label_values(m, job)', allValue: '.+' },
      { ...all, name: 'name', query: { query: 'label_values(m{job=~"$job",x="a,b"}, name)', refId: 'x' } },
    ];
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Grafana, not of JavaScript.
    const expr = 'm{job=~"$job",name=~"${name:regex}"} > $limit';
    expect(await checkDashboardLive(dashboard(expr, { variables }), url)).toEqual([]);
    expect(
      asked.map(({ path, parameters }) => [path, parameters.get('match[]') ?? parameters.get('query')]),
    ).toEqual([
      ['/api/v1/label/job/values', 'm'],
      ['/api/v1/label/name/values', 'm{job=~".+",x="a,b"}'],
      ['/api/v1/query_range', 'm{job=~".+",name=~"(a\\.b|c)"} > 3'],
    ]);
  });

  it('takes the values of query_result through the regular expression of the variable', async () => {
    const { url, asked } = await fakePrometheus((path) =>
      path.endsWith('_range') ? matrix('1') : vector('1'),
    );
    const variables = [
      { type: 'query', name: 'unit', query: 'query_result(m > 0)', regex: '/unit="([^"]+)"/' },
    ];
    expect(await checkDashboardLive(dashboard('m{unit="$unit"}', { variables }), url)).toEqual([]);
    expect(asked.map(({ parameters }) => parameters.get('query'))).toEqual(['m > 0', 'm{unit="a"}']);
  });

  it('reports a variable that offers nothing, and one whose query it does not know', async () => {
    const { url } = await fakePrometheus((path) => (path.includes('/label/') ? success([]) : matrix('1')));
    const variables = [
      { ...all, name: 'job', query: 'label_values(gone, job)', allValue: '.+' },
      { ...all, name: 'odd', query: 'metrics(.*)', allValue: '.+' },
    ];
    expect(await checkDashboardLive(dashboard('m', { variables }), url)).toEqual([
      { where: 'variable "job"', expr: 'label_values(gone, job)', problem: 'offers no value' },
      {
        where: 'variable "odd"',
        expr: 'metrics(.*)',
        problem: 'this check knows label_values(...) and query_result(...) only',
      },
    ]);
  });

  it('reports an annotation without data', async () => {
    const { url } = await fakePrometheus(() => matrix());
    const annotations = { list: [{ name: 'Repairs', expr: 'm' }] };
    expect(await checkDashboardLive({ ...dashboard('n'), panels: [], annotations }, url)).toEqual([
      { where: 'annotation "Repairs"', expr: 'm', problem: 'no data' },
    ]);
  });

  it('says why when no Prometheus answers', async () => {
    const { url } = await fakePrometheus(() => matrix('1'));
    for (const fake of running.splice(0)) await fake.close();
    const [finding] = await checkDashboardLive(dashboard('m'), url);
    expect(finding?.problem).toContain('ECONNREFUSED');
  });

  it('asks every question of our own dashboards', async () => {
    const { url, asked } = await fakePrometheus((path) => {
      if (path.includes('/label/')) return success(['x']);
      return path.endsWith('_range') ? matrix('1') : vector('1');
    });
    for (const text of dashboardFiles().values()) {
      const before = asked.length;
      expect(await checkDashboardLive(JSON.parse(text), url)).toEqual([]);
      expect(asked.length - before).toBe(text.match(/"(expr|query)": "(?!prometheus")/g)?.length);
      expect(asked.length - before).toBe(questionsOf(JSON.parse(text)));
    }
  }, 30_000);
});
