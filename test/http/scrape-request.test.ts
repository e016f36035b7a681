import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseScrapeRequest } from '../../src/http/scrape-request.ts';

const KNOWN = ['systemd', 'cgroup', 'thermal'];

function collectorsFor(query: Readonly<Record<string, unknown>>) {
  const parsed = parseScrapeRequest({}, query, KNOWN);
  return parsed.ok ? parsed.request.collectors && [...parsed.request.collectors] : parsed.problem;
}

function limitFor(timeout: string): number | undefined {
  const parsed = parseScrapeRequest({ 'x-prometheus-scrape-timeout-seconds': timeout }, {}, KNOWN);
  return parsed.ok ? parsed.request.limitMs : Number.NaN;
}

describe('parseScrapeRequest', () => {
  it('asks for everything in the text format, without a limit, if nothing is said', () => {
    expect(parseScrapeRequest({}, {}, KNOWN)).toEqual({
      ok: true,
      request: { format: 'text', collectors: undefined, limitMs: undefined },
    });
  });

  it.each([
    [{ 'collect[]': 'cgroup' }, ['cgroup']],
    [{ 'collect[]': ['cgroup', 'systemd', 'cgroup'] }, ['cgroup', 'systemd']],
    [{ 'exclude[]': 'cgroup' }, ['systemd', 'thermal']],
    [{ 'exclude[]': ['cgroup', 'thermal'] }, ['systemd']],
    [{ 'exclude[]': KNOWN }, []],
    [{ collect: 'cgroup', other: 'x' }, undefined],
    [{ 'collect[]': 'gpu' }, 'there is no collector "gpu" here, only systemd, cgroup, thermal'],
    [{ 'exclude[]': ['cgroup', 'gpu'] }, 'there is no collector "gpu" here, only systemd, cgroup, thermal'],
    [{ 'collect[]': '' }, 'there is no collector "" here, only systemd, cgroup, thermal'],
    [{ 'collect[]': 'cgroup', 'exclude[]': 'systemd' }, 'collect[] and exclude[] cannot be given together'],
  ])('takes %j as %j', (query, expected) => {
    expect(collectorsFor(query)).toEqual(expected);
  });

  it.each([
    ['10', 9500],
    ['10.000000', 9500],
    ['1.5', 1000],
    ['1', 500],
    ['0.5', 250],
    ['0.1', 50],
  ])('leaves collectors, of a timeout of %s s, %d ms', (timeout, limitMs) => {
    expect(limitFor(timeout)).toBe(limitMs);
  });

  it.each(['', '0', '0.0', '-1', '+1', 'ten', '1e3', '10s', 'NaN', 'Infinity', ' 10', '1, 2', '0x10'])(
    'ignores a timeout of "%s"',
    (timeout) => {
      expect(limitFor(timeout)).toBeUndefined();
    },
  );

  it('never leaves collectors more time than the scraper has, and never none', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000_000 }), (timeoutMs) => {
        const limitMs = limitFor((timeoutMs / 1000).toFixed(3)) ?? Number.NaN;
        expect(limitMs).toBeGreaterThan(0);
        expect(limitMs).toBeLessThan(timeoutMs);
      }),
    );
  });
});
