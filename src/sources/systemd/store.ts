import type { FileReading, UnitReading } from '../../domain/reading.ts';
import type { UnitEventCounts } from '../../domain/unit-events.ts';
import { UnitEvents } from './events.ts';
import type { AccountedUnit } from './ip.ts';

/** Everything known of one unit; a unit whose properties have not been read yet has no reading. */
interface Entry {
  readonly name: string;
  bare: UnitReading | undefined;
  file: FileReading | undefined;
  /** Whether systemd counts its IP traffic, as far as is known. */
  isAccounted: boolean;
  shown: Shown | undefined;
}

/** A reading with all that is known, and what it was made of. */
interface Shown {
  readonly bare: UnitReading;
  readonly file: FileReading | undefined;
  readonly events: UnitEventCounts | undefined;
  readonly reading: UnitReading;
}

/**
 * The units that systemd has in memory, by the path of their D-Bus object.
 *
 * A reading that is given again is the same object for as long as nothing of it has changed, so that whoever
 * made something of it need not make it anew.
 */
export class UnitStore {
  readonly #entries = new Map<string, Entry>();
  /** What has been counted of each unit. */
  readonly events = new UnitEvents();

  /** Every reading as it was read: without what has been counted, and without what is known of the file. */
  bareReadings(): readonly UnitReading[] {
    return [...this.#entries.values()].flatMap(({ bare }) => bare ?? []);
  }

  /** Every reading, with all that is known. */
  readings(): readonly UnitReading[] {
    return [...this.#entries.values()].flatMap((entry) => this.#shown(entry)?.reading ?? []);
  }

  /** The reading at a path as it was read. */
  readingAt(path: string): UnitReading | undefined {
    return this.#entries.get(path)?.bare;
  }

  /** The name of the unit at a path, if it is one of ours. */
  nameAt(path: string): string | undefined {
    return this.#entries.get(path)?.name;
  }

  /** Every known path. */
  paths(): readonly string[] {
    return [...this.#entries.keys()];
  }

  /** Services whose IP traffic systemd counts. */
  accounted(): readonly AccountedUnit[] {
    return [...this.#entries].flatMap(([path, { name, bare, isAccounted }]) =>
      bare !== undefined && isAccounted ? [{ name, path }] : [],
    );
  }

  /** The paths of units that systemd has loaded. */
  loadedPaths(): readonly string[] {
    return this.paths().filter((path) => this.readingAt(path)?.loadState === 'loaded');
  }

  /** A unit is there; its reading follows. */
  add(path: string, name: string): void {
    if (this.nameAt(path) === name) return;
    this.#entries.set(path, { name, bare: undefined, file: undefined, isAccounted: false, shown: undefined });
  }

  /** What a unit looks like now; without a reading it stays known, but is shown no more. */
  update(path: string, reading: UnitReading | undefined): void {
    const entry = this.#entries.get(path);
    if (entry !== undefined) entry.bare = same(entry.bare, reading) ? entry.bare : reading;
  }

  /** What is known of a unit's file now. */
  updateFile(path: string, file: FileReading): void {
    const entry = this.#entries.get(path);
    if (entry !== undefined) entry.file = same(entry.file, file) ? entry.file : file;
  }

  /** Whether systemd counts a unit's IP traffic now; undefined: it has not been asked. */
  updateAccounting(path: string, isAccounted: unknown): void {
    const entry = this.#entries.get(path);
    if (entry !== undefined && typeof isAccounted === 'boolean') entry.isAccounted = isAccounted;
  }

  /** systemd has dropped a unit. */
  remove(path: string): void {
    this.#entries.delete(path);
  }

  /** Drops every unit that is not in a new list. */
  keepOnly(paths: ReadonlySet<string>): void {
    for (const path of this.paths()) {
      if (!paths.has(path)) this.remove(path);
    }
    // Not as soon as a unit goes: systemd drops idle units from memory all the time, and takes them up again.
    this.events.keepOnly(new Set([...this.#entries.values()].map(({ name }) => name)));
  }

  #shown(entry: Entry): Shown | undefined {
    const { name, bare, file, shown } = entry;
    if (bare === undefined) return undefined;
    const events = this.events.countsOf(name);
    if (shown?.bare === bare && shown.file === file && shown.events === events) return shown;
    const reading = { ...bare, ...(events && { events }), ...(file && { file }) };
    entry.shown = { bare, file, events, reading };
    return entry.shown;
  }
}

/** Plain data says the same; the order of keys is always that of one decoder. */
function same(before: unknown, now: unknown): boolean {
  return JSON.stringify(before) === JSON.stringify(now);
}
