import { describe, expect, it } from 'vitest';
import { createSelection } from '../../../src/cli/units/selection.ts';
import type { UnitReading } from '../../../src/domain/reading.ts';
import { unitReading } from '../../fakes/unit-reading.ts';

const running = unitReading({ name: 'nginx.service' });
const idle = unitReading({ name: 'idle.service', activeState: 'inactive', subState: 'dead' });
const failed = unitReading({ name: 'broken.service', activeState: 'failed', subState: 'failed' });
const timer = unitReading({ name: 'nightly.timer', type: 'timer' });
const ghost = unitReading({ ...idle, name: 'ghost.service', loadState: 'not-found' });
const masked = unitReading({ ...idle, name: 'masked.service', loadState: 'masked' });
const ALL = [running, idle, failed, timer, ghost, masked];

function shown(patterns: readonly string[], all = false): readonly string[] {
  const { includes, shows } = createSelection(patterns, all);
  return ALL.filter(({ name }) => includes(name))
    .filter(shows)
    .map(({ name }) => name);
}

describe('a selection', () => {
  it('without patterns is of the services that are not inactive', () => {
    expect(shown([])).toEqual(['nginx.service', 'broken.service']);
  });

  it('of all services has inactive ones too, and those that exist in name only', () => {
    const services = ALL.filter((unit) => unit !== timer);
    expect(shown([], true)).toEqual(services.map(({ name }) => name));
  });

  it.each([
    [['nginx'], ['nginx.service']],
    [
      ['nginx.service', 'nightly.timer'],
      ['nginx.service', 'nightly.timer'],
    ],
    [['idle'], ['idle.service']],
    [['masked'], ['masked.service']],
    [['ghost'], []],
    [['nightly'], []],
    [['*.timer'], ['nightly.timer']],
    [['n*'], ['nginx.service', 'nightly.timer']],
    [['i*'], []],
    [['i*', 'idle'], ['idle.service']],
  ])('of %j shows %j', (patterns, names) => {
    expect(shown(patterns)).toEqual(names);
  });

  const misses = (patterns: readonly string[], included: readonly UnitReading[]) =>
    createSelection(patterns, false).misses(included);

  it('says for each pattern why it shows nothing', () => {
    expect(misses(['nginx', 'redis', 'i*', '*.path', 'ghost'], [running, idle, ghost])).toEqual([
      'systemd has no redis.service in memory; systemctl list-unit-files tells what is installed',
      'no unit that fits i* runs or has failed; --all shows inactive ones too',
      'systemd has no unit that fits *.path in memory; systemctl list-unit-files tells what is installed',
      'systemd has no ghost.service in memory; systemctl list-unit-files tells what is installed',
    ]);
  });

  it('says so where there are no services at all', () => {
    expect(misses([], [])).toEqual([
      'systemd has no service in memory; systemctl list-unit-files tells what is installed',
    ]);
  });
});
