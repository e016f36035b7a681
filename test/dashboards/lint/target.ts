import { type DashboardJson, placeOf, type Target } from '../dashboard-json.ts';
import { type PromqlSelector, selectorsOf } from '../selectors.ts';
import { type Check, type Rule, unless } from './rule.ts';

/** Functions that make something of a counter. */
const OF_COUNTERS = ['rate', 'irate', 'increase'];

/** Rules about the queries of panels. */
export const TARGET_RULES: readonly Rule[] = [
  {
    name: 'target-logql',
    checks: eachTarget(loki, ({ expr }) => `no query of Loki can be checked here: ${expr}`),
  },
  {
    name: 'target-logql-auto',
    checks: eachTarget(loki, ({ expr }) =>
      unless(!/\[(?!\$__auto\])[^\]]*\]/.test(expr), 'has a range other than [$__auto]'),
    ),
  },
  {
    name: 'target-promql',
    checks: eachTarget(prometheus, ({ expr }) => {
      try {
        return unless(selectorsOf(expr).length > 0, 'chooses no series');
      } catch (error) {
        return String(error);
      }
    }),
  },
  {
    name: 'target-rate-interval',
    checks: eachSelector(({ within: [inner = ''], range }) =>
      unless(!/^i?rate$/.test(inner) || range === '$__rate_interval', 'has a rate over another time'),
    ),
  },
  { name: 'target-job', checks: eachSelector((one) => matches(one, 'job')) },
  { name: 'target-instance', checks: eachSelector((one) => matches(one, 'instance')) },
  {
    name: 'target-counter-agg',
    checks: eachSelector(({ metric, within: [inner = ''] }) =>
      unless(
        !/_(total|sum|bucket)$/.test(metric) || OF_COUNTERS.includes(inner),
        'is a counter outside of rate, irate and increase',
      ),
    ),
  },
];

function loki({ datasource }: Target): boolean {
  return datasource?.type === 'loki';
}

function prometheus(target: Target): boolean {
  return !loki(target);
}

function matches({ matchers }: PromqlSelector, label: string): string | undefined {
  const own = matchers.filter((one) => one.label === label);
  const fits = own.length === 1 && own[0]?.operator === '=~' && own[0].value === `$${label}`;
  return unless(fits, `lacks ${label}=~"$${label}"`);
}

function eachTarget(wanted: (target: Target) => boolean, problemOf: (target: Target) => string | undefined) {
  return ({ panels }: DashboardJson): readonly Check[] =>
    panels.flatMap((panel) =>
      panel.targets
        .filter(wanted)
        .map((target) => ({ where: placeOf(panel, target), problem: problemOf(target) })),
    );
}

function eachSelector(problemOf: (selector: PromqlSelector) => string | undefined) {
  return ({ panels }: DashboardJson): readonly Check[] =>
    panels.flatMap((panel) =>
      panel.targets.filter(prometheus).flatMap((target) =>
        readable(target.expr).map((selector) => ({
          where: placeOf(panel, target),
          problem: problemOf(selector),
          metric: selector.metric,
        })),
      ),
    );
}

/** None of what target-promql finds fault with. */
function readable(expr: string): readonly PromqlSelector[] {
  try {
    return selectorsOf(expr);
  } catch {
    return [];
  }
}
