import type { FileReading, UnitReading } from '../../domain/reading.ts';
import { UnitEvents } from './events.ts';

/**
 * The units that systemd has in memory, by the path of their D-Bus object.
 *
 * A unit whose properties have not been read yet is known but has no reading.
 */
export class UnitStore {
  readonly #names = new Map<string, string>();
  readonly #readings = new Map<string, UnitReading>();
  readonly #files = new Map<string, FileReading>();
  /** What has been counted of each unit. */
  readonly events = new UnitEvents();

  /** Every reading as it was read: without what has been counted, and without what is known of the file. */
  bareReadings(): readonly UnitReading[] {
    return [...this.#readings.values()];
  }

  /** Every reading, with all that is known. */
  readings(): readonly UnitReading[] {
    return [...this.#readings].map(([path, reading]) => {
      const events = this.events.countsOf(reading.name);
      const file = this.#files.get(path);
      return { ...reading, ...(events && { events }), ...(file && { file }) };
    });
  }

  /** The name of the unit at a path, if it is one of ours. */
  nameAt(path: string): string | undefined {
    return this.#names.get(path);
  }

  /** Every known path. */
  paths(): readonly string[] {
    return [...this.#names.keys()];
  }

  /** A unit is there; its reading follows. */
  add(path: string, name: string): void {
    this.#names.set(path, name);
  }

  /** What a unit looks like now; without a reading it stays known, but is shown no more. */
  update(path: string, reading: UnitReading | undefined): void {
    if (reading === undefined || !this.#names.has(path)) this.#readings.delete(path);
    else this.#readings.set(path, reading);
  }

  /** What is known of a unit's file now. */
  updateFile(path: string, file: FileReading): void {
    if (this.#names.has(path)) this.#files.set(path, file);
  }

  /** systemd has dropped a unit. */
  remove(path: string): void {
    this.#names.delete(path);
    this.#readings.delete(path);
    this.#files.delete(path);
  }

  /** Drops every unit that is not in a new list. */
  keepOnly(paths: ReadonlySet<string>): void {
    for (const path of this.paths()) {
      if (!paths.has(path)) this.remove(path);
    }
    // Not as soon as a unit goes: systemd drops idle units from memory all the time, and takes them up again.
    this.events.keepOnly(new Set(this.#names.values()));
  }
}
