import { describe, expect, it } from 'vitest';
import type { UnitsReading } from '../../../src/app/units.ts';
import { createSelection } from '../../../src/cli/units/selection.ts';
import { createJsonView, createTableView } from '../../../src/cli/units/watch.ts';
import type { Frame, Room } from '../../../src/cli/watch/screen.ts';
import { unitReading } from '../../fakes/unit-reading.ts';

const PIPE: Room = { columns: undefined, rows: undefined };
const TERMINAL: Room = { columns: 80, rows: 24 };

function readingOf(names: readonly string[], cpuSeconds = 0): UnitsReading {
  const cgroup = { 'cpu.user': cpuSeconds, 'cpu.system': 0 };
  return {
    problem: undefined,
    units: names.map((name) => unitReading({ name })),
    cgroups: new Map(names.map((name) => [name, cgroup])),
  };
}

const AWAY: UnitsReading = { problem: 'connect \u001b[2J', units: [], cgroups: new Map() };

describe('a watch as a table', () => {
  /** What each of the readings looks like, a second after the one before. */
  function painted(readings: readonly UnitsReading[], room: Room, patterns: readonly string[] = []) {
    const frames: Frame[] = [];
    const screen = {
      show: (frame: Frame) => void frames.push(frame),
      repaint: () => undefined,
      close: () => undefined,
    };
    const clock = { now: () => new Date(1_767_225_607_500), elapsedMs: () => frames.length * 1000 };
    const look = { selection: createSelection(patterns, false), colours: false, hint: 'Ctrl-C ends' };
    const show = createTableView(look, screen, clock);
    for (const reading of readings) show(reading);
    return frames.map((frame) => frame(room));
  }

  it('is the table alone in a pipe, with how busy each unit was since the paint before', () => {
    expect(painted([readingOf(['a.service'], 10), readingOf(['a.service'], 10.25)], PIPE)).toEqual([
      [
        'UNIT       STATE           SINCE  RESTARTS  MEMORY  CPU  TASKS  NOTE',
        'a.service  active/running     7s         0       -    -      -',
      ],
      [
        'UNIT       STATE           SINCE  RESTARTS  MEMORY    CPU  TASKS  NOTE',
        'a.service  active/running     7s         0       -  25.0%      -',
      ],
    ]);
  });

  it('has a status line on a terminal', () => {
    const [[status] = [], [two] = []] = painted(
      [readingOf(['a.service']), readingOf(['a.service', 'b.service'])],
      TERMINAL,
    );
    expect(status).toBe('1 unit, 0 failed; Ctrl-C ends');
    expect(two).toBe('2 units, 0 failed; Ctrl-C ends');
  });

  it('says how many units there is no room for', () => {
    const names = Array.from({ length: 9 }, (_, index) => `${index}.service`);
    const frame = (rows: number) => painted([readingOf(names)], { columns: 80, rows })[0] ?? [];
    expect(frame(11)).toHaveLength(11);
    expect(frame(11).at(-1)).toMatch(/^8\.service /);
    expect(frame(10)).toHaveLength(10);
    expect(frame(10).slice(-2)).toEqual([expect.stringMatching(/^6\.service /), '… 2 more']);
    expect(frame(2)).toEqual(['9 units, 0 failed; Ctrl-C ends', '… 10 more']);
  });

  it('says so while systemd is away, and goes on when it is back', () => {
    const [before, away, after] = painted(
      [readingOf(['a.service'], 1), AWAY, readingOf(['a.service'], 2)],
      PIPE,
    );
    expect(away).toEqual(['systemd cannot be reached; trying again: connect \\u001b[2J']);
    expect(after).toEqual(before);
  });

  it('says so while nothing fits, since that may come', () => {
    expect(painted([readingOf([])], { columns: 30, rows: 5 }, ['redis'])).toEqual([
      ['systemd has no redis.service i'],
    ]);
  });
});

describe('a watch as JSON', () => {
  it('is a line for each reading, and tells people once that systemd is away', () => {
    const printed: string[] = [];
    const told: string[] = [];
    const show = createJsonView(
      createSelection([], false),
      (line) => printed.push(line),
      (line) => told.push(line),
    );
    for (const reading of [readingOf(['a.service']), AWAY, AWAY, readingOf([]), AWAY]) show(reading);
    expect(printed.map((line) => JSON.parse(line))).toMatchObject([[{ unit: 'a.service' }], []]);
    const away = 'systemd cannot be reached; trying again: connect \\u001b[2J';
    expect(told).toEqual([away, away]);
  });
});
