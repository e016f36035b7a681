import type { UnitReading } from '../../domain/reading.ts';
import { compileGlob, isGlob, type NameTest, unitNameOf } from './pattern.ts';

/** Which units are shown. */
export interface Selection {
  /** By name alone, before anything is read of a unit. */
  readonly includes: NameTest;
  /** By what was read, of those that are included. */
  shows(unit: UnitReading): boolean;
  /** A sentence for each name or glob that shows no unit, where these are the included ones. */
  misses(included: readonly UnitReading[]): readonly string[];
}

/** One name or glob. */
interface Wanted {
  /** As it is told to people. */
  readonly words: string;
  readonly fits: NameTest;
  readonly shows: (unit: UnitReading) => boolean;
}

/**
 * The selection of names and globs; without any it is that of all services.
 *
 * As `systemctl list-units` does it, inactive units are left out unless `all` is wanted. A unit that is called
 * by its name is shown whatever its state, but not one that others name and that does not exist.
 */
export function createSelection(patterns: readonly string[], all: boolean): Selection {
  const wanted = patterns.length === 0 ? [everyService(all)] : patterns.map((text) => wantedBy(text, all));
  return {
    includes: (name) => wanted.some(({ fits }) => fits(name)),
    shows: (unit) => wanted.some(({ fits, shows }) => fits(unit.name) && shows(unit)),
    misses: (included) =>
      wanted.flatMap(({ words, fits, shows }) => {
        const fitting = included.filter(({ name }) => fits(name));
        return fitting.some(shows) ? [] : miss(words, fitting.some(exists));
      }),
  };
}

function everyService(all: boolean): Wanted {
  return { ...wantedBy('*.service', all), words: 'service' };
}

function wantedBy(pattern: string, all: boolean): Wanted {
  if (isGlob(pattern)) {
    const shows = ({ activeState }: UnitReading) => all || activeState !== 'inactive';
    return { words: `unit that fits ${pattern}`, fits: compileGlob(pattern), shows };
  }
  const wanted = unitNameOf(pattern);
  return { words: wanted, fits: (name) => name === wanted, shows: (unit) => all || exists(unit) };
}

function exists({ loadState, activeState }: UnitReading): boolean {
  return loadState !== 'not-found' || activeState !== 'inactive';
}

function miss(words: string, inactive: boolean): string {
  if (inactive) return `no ${words} runs or has failed; --all shows inactive ones too`;
  return `systemd has no ${words} in memory; systemctl list-unit-files tells what is installed`;
}
