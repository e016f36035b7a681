import type { UnitReading } from '../../domain/reading.ts';

/**
 * The units that systemd has in memory, by the path of their D-Bus object.
 *
 * A unit whose properties have not been read yet is known but has no reading.
 */
export class UnitStore {
  readonly #names = new Map<string, string>();
  readonly #readings = new Map<string, UnitReading>();

  /** Every reading. */
  readings(): readonly UnitReading[] {
    return [...this.#readings.values()];
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

  /** systemd has dropped a unit. */
  remove(path: string): void {
    this.#names.delete(path);
    this.#readings.delete(path);
  }

  /** Drops every unit that is not in a new list. */
  keepOnly(paths: ReadonlySet<string>): void {
    for (const path of this.paths()) {
      if (!paths.has(path)) this.remove(path);
    }
  }
}
