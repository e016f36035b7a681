import { describe, expect, it } from 'vitest';
import { isAlwaysOn } from '../../../src/config/remediator/always-on.ts';
import type { MaintenanceWindow } from '../../../src/domain/policy.ts';
import { policySetOf, problemsOf } from './problems.ts';

function windowOf(keys: string): MaintenanceWindow {
  const [window] = policySetOf(`remediator: {windows: [{name: w, ${keys}}]}`).windows;
  if (window === undefined) throw new Error('no window');
  return window;
}

/** So many beginnings after a moment, as texts. */
function beginnings(window: MaintenanceWindow, after: string, count: number): readonly string[] {
  const found: string[] = [];
  let last = new Date(after);
  while (found.length < count) {
    const next = window.nextBeginning(last);
    if (next === undefined) break;
    found.push(next.toISOString().replace(/:00\.000Z$/, 'Z'));
    last = next;
  }
  return found;
}

const BERLIN = 'lasts: 90m, tz: Europe/Berlin';

describe('windows', () => {
  it('are told as they were written', () => {
    expect(windowOf(`cron: "0 2 * * *", ${BERLIN}, block: [restart, stop]`)).toMatchObject({
      name: 'w',
      text: '0 2 * * *, 90m, Europe/Berlin',
      lastsSeconds: 5400,
      blocks: ['restart', 'stop'],
    });
  });

  it('forbid everything where no action is named, in the time zone of the machine where none is', () => {
    expect(windowOf('cron: "@weekly", lasts: 2h')).toMatchObject({
      text: "@weekly, 2h, the machine's time zone",
      blocks: [],
    });
  });

  it('begin in their time zone, after the moment and not at it', () => {
    const window = windowOf(`cron: "0 2 * * *", ${BERLIN}`);
    expect(beginnings(window, '2026-07-01T00:00:00Z', 2)).toEqual(['2026-07-02T00:00Z', '2026-07-03T00:00Z']);
    expect(beginnings(window, '2026-06-30T23:59:59.999Z', 1)).toEqual(['2026-07-01T00:00Z']);
    expect(beginnings(window, '2026-01-01T00:59:59Z', 1)).toEqual(['2026-01-01T01:00Z']);
  });

  it('begin by the clock of the machine where no time zone is named', () => {
    const next = windowOf('cron: "40 3 * * *", lasts: 1h').nextBeginning(new Date('2026-01-10T00:00:00Z'));
    expect([next?.getHours(), next?.getMinutes()]).toEqual([3, 40]);
  });

  it.each<readonly [string, string, string, readonly string[]]>([
    // On 29 March 2026 there is no 2:30 in Berlin; on 25 October 2026 there are two.
    [
      'a time that is skipped, at the first after it',
      '30 2 * * *',
      '2026-03-28T00:00:00Z',
      ['2026-03-28T01:30Z', '2026-03-29T01:00Z', '2026-03-30T00:30Z'],
    ],
    [
      'a time that comes twice, at the first',
      '30 2 * * *',
      '2026-10-24T00:00:00Z',
      ['2026-10-24T00:30Z', '2026-10-25T00:30Z', '2026-10-26T01:30Z'],
    ],
    [
      'a list of hours of which one is skipped',
      '30 2,14 * * *',
      '2026-03-28T20:00:00Z',
      ['2026-03-29T01:00Z', '2026-03-29T12:30Z', '2026-03-30T00:30Z'],
    ],
    [
      'every half hour, also those that come twice',
      '*/30 * * * *',
      '2026-10-24T23:59:00Z',
      ['2026-10-25T00:00Z', '2026-10-25T00:30Z', '2026-10-25T01:00Z', '2026-10-25T01:30Z'],
    ],
    [
      'before both changes, one that lasts over them',
      '0 1 * * *',
      '2026-03-28T12:00:00Z',
      ['2026-03-29T00:00Z', '2026-03-29T23:00Z'],
    ],
    [
      'the last Sunday of a month',
      '0 0 * * 0L',
      '2026-10-01T00:00:00Z',
      ['2026-10-24T22:00Z', '2026-11-28T23:00Z'],
    ],
    ['the 29th of February', '0 0 29 2 *', '2026-01-01T00:00:00Z', ['2028-02-28T23:00Z']],
  ])('begin right where clocks change: %s', (_, cron, after, expected) => {
    expect(beginnings(windowOf(`cron: "${cron}", ${BERLIN}, block: [stop]`), after, expected.length)).toEqual(
      expected,
    );
  });

  it('are as long as they say over a change of the clocks, since only beginnings are of the clock', () => {
    const window = windowOf('cron: "0 1 * * *", lasts: 3h, tz: Europe/Berlin');
    const isIn = (text: string) => {
      const now = new Date(text);
      const begun = window.nextBeginning(new Date(now.getTime() - window.lastsSeconds * 1000));
      return begun !== undefined && begun <= now;
    };
    // 1:00 to 5:00 in summer, by the clock on the wall; three hours all the same.
    expect(
      ['2026-03-28T23:59:59Z', '2026-03-29T00:00:00Z', '2026-03-29T02:59:59Z', '2026-03-29T03:00:00Z'].map(
        isIn,
      ),
    ).toEqual([false, true, true, false]);
    expect(
      ['2026-10-24T22:59:59Z', '2026-10-24T23:00:00Z', '2026-10-25T01:59:59Z', '2026-10-25T02:00:00Z'].map(
        isIn,
      ),
    ).toEqual([false, true, true, false]);
  });
});

const CRON =
  'expected five fields of cron (minute, hour, day of the month, month, day of the week), such as "0 2 * * *", or @hourly, @daily, @weekly, @monthly or @yearly';
const ZONE = 'expected a time zone such as Europe/Berlin or UTC';

const ALWAYS =
  'expected a window that ends before it begins again; in this one nothing would ever be done: give it a shorter lasts, or write mode: dry-run';

describe('a window that never ends', () => {
  it.each([
    ['0 2 * * *', '24h'],
    ['@daily', '2d'],
    ['@hourly', '1h'],
    ['@weekly', '1w'],
    ['@monthly', '31d'],
    ['*/30 * * * *', '30m'],
    ['* * * * *', '1m'],
    ['0 0,6,12,18 * * *', '6h'],
    ['30 1,13 * * *', '12h'],
  ])('is told, unless it blocks some actions only: %s for %s', (cron, lasts) => {
    const keys = `cron: "${cron}", lasts: ${lasts}`;
    const [problem, ...others] = problemsOf(`remediator: {windows: [{name: w, ${keys}}]}`);
    expect(problem).toMatch(/^f\.yml:1:\d+: remediator\.windows\[0\]\.lasts: /);
    expect([problem?.split('.lasts: ')[1], others]).toEqual([ALWAYS, []]);
    expect(isAlwaysOn(windowOf(`${keys}, block: [stop]`))).toBe(true);
  });

  it.each([
    ['0 2 * * *', '23h59m'],
    ['@hourly', '59m'],
    ['@weekly', '6d'],
    ['@monthly', '30d'],
    ['* * * * *', '59s'],
    ['* * * * 1-5', '1h'],
    ['* * 1-30 * *', '1m'],
    ['0 0 * 1-11 *', '24h'],
    ['0 12 * * 1-6', '24h'],
    ['0 0,6,18 * * *', '6h'],
    ['0 0 29 2 *', '52w'],
  ])('is not one that does: %s for %s', (cron, lasts) => {
    expect(isAlwaysOn(windowOf(`cron: "${cron}", lasts: ${lasts}`))).toBe(false);
  });
});

describe('what is wrong with windows', () => {
  it.each<readonly [string, readonly string[]]>([
    ['lasts: 1h', [`1:24: remediator.windows[0].cron: missing: ${CRON}`]],
    [
      'cron: "0 2 * * *"',
      ['1:24: remediator.windows[0].lasts: missing: expected a duration such as 30m or 2h'],
    ],
    [
      'cron: "0 2 * * *", lasts: 0s',
      ['1:60: remediator.windows[0].lasts: expected a duration of more than 0, such as 30s, 5m or 1h'],
    ],
    [
      'cron: "0 2 * * *", lasts: long',
      ['1:60: remediator.windows[0].lasts: expected a duration such as 30s, 5m or 1h'],
    ],
    ['cron: "0 2 * *", lasts: 1h', [`1:40: remediator.windows[0].cron: ${CRON}; it has 4 fields`]],
    [
      'cron: "0 0 2 * * *", lasts: 1h',
      [
        `1:40: remediator.windows[0].cron: ${CRON}; it has 6 fields, and fettle knows neither seconds nor years`,
      ],
    ],
    [
      'cron: "61 2 * * *", lasts: 1h',
      [`1:40: remediator.windows[0].cron: ${CRON}; Invalid value for minute: 61`],
    ],
    ['cron: "", lasts: 1h', [`1:40: remediator.windows[0].cron: ${CRON}; it has 0 fields`]],
    ['cron: "@noon", lasts: 1h', [expect.stringContaining(`1:40: remediator.windows[0].cron: ${CRON}; `)]],
    [
      'cron: "0 0 30 2 *", lasts: 1h',
      ['1:40: remediator.windows[0].cron: expected a time that comes; 0 0 30 2 * never does'],
    ],
    ...['Europe/Nowhere', '""', '+02:00', 'Berlin time', '1'].map(
      (zone): readonly [string, readonly string[]] => [
        `cron: "0 2 * * *", lasts: 1h, tz: ${zone}`,
        [`1:68: remediator.windows[0].tz: ${ZONE}`],
      ],
    ),
    [
      'cron: "0 2 * * *", lasts: 1h, block: []',
      ['1:71: remediator.windows[0].block: expected at least one action; leave block out for all'],
    ],
    [
      'cron: "0 2 * * *", lasts: 1h, block: [reboot]',
      [expect.stringContaining('1:72: remediator.windows[0].block[0]: expected an action: one of restart, ')],
    ],
    [
      'cron: "0 2 * * *", lasts: 1h, until: 3',
      ['1:64: remediator.windows[0].until: unknown key; remove it or mend its spelling'],
    ],
    [
      'cron: x, lasts: 0s, tz: x',
      [
        expect.stringContaining('remediator.windows[0].cron'),
        expect.stringContaining('remediator.windows[0].lasts'),
        expect.stringContaining('remediator.windows[0].tz'),
      ],
    ],
  ])('%s', (keys, lines) => {
    expect(problemsOf(`remediator: {windows: [{name: w, ${keys}}]}`)).toEqual(
      lines.map((line) => (typeof line === 'string' ? `f.yml:${line}` : line)),
    );
  });

  it('has a name that another one has', () => {
    const window = '{name: w, cron: "@daily", lasts: 1h}';
    expect(problemsOf(`remediator: {windows: [${window}, ${window}]}`)).toEqual([
      'f.yml:1:69: remediator.windows[1].name: expected a name of its own; w is taken by an earlier window',
    ]);
  });
});
