import { describe, expect, it } from 'vitest';
import { selectorsOf } from './selectors.ts';

describe('selectorsOf', () => {
  it.each([
    ['m', [{ metric: 'm', matchers: [], range: undefined, within: [] }]],
    [
      'sum by (a, b) (rate(m{x="1",y!~"a,b}"}[5m]))',
      [
        {
          metric: 'm',
          matchers: [
            { label: 'x', operator: '=', value: '1' },
            { label: 'y', operator: '!~', value: 'a,b}' },
          ],
          range: '5m',
          within: ['rate', 'sum'],
        },
      ],
    ],
    [
      'rate(m[$__rate_interval]) / on (job) group_left (x) max(n) > 0',
      [
        { metric: 'm', matchers: [], range: '$__rate_interval', within: ['rate'] },
        { metric: 'n', matchers: [], range: undefined, within: ['max'] },
      ],
    ],
    [
      '{__name__=~"a|b"}',
      [
        {
          metric: '',
          matchers: [{ label: '__name__', operator: '=~', value: 'a|b' }],
          range: undefined,
          within: [],
        },
      ],
    ],
  ])('reads %s', (expr, selectors) => {
    expect(selectorsOf(expr)).toEqual(selectors);
  });

  it('takes no function, keyword, number or label for a metric', () => {
    const expr =
      'time() - count by (gpu) (a offset 5m > bool 1e3) unless on () 0 * b or label_replace(c, "d", "e", "", "")';
    expect(selectorsOf(expr).map(({ metric }) => metric)).toEqual(['a', 'b', 'c']);
  });

  it.each([
    ['', 'empty'],
    ['sum(m', 'not closed'],
    ['m)', 'not opened'],
    ['m{a="1"', 'not closed'],
    ['m{a~"1"}', 'no PromQL'],
    ['m{a="1" b="2"}', 'not a matcher'],
    ['m ; n', 'no PromQL'],
  ])('refuses %j: %s', (expr, words) => {
    expect(() => selectorsOf(expr)).toThrow(words);
  });
});
